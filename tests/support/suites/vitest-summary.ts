import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What one run of a test program came to; the same shape for every program, added up by `tests/run.mjs`. */
export interface SuiteSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** A file that failed before or after its tests counts as one failure more: nothing that went wrong may be lost in the total. */
function summarise(modules: readonly TestModule[], unhandledErrors: number): SuiteSummary {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const results = tests.map((test) => ({ name: `${test.module.relativeModuleId} > ${test.fullName}`, ...test.result() }));
  const skipped = results.filter((one) => one.state === 'skipped' || one.state === 'pending');
  const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
  return {
    passed: results.filter((one) => one.state === 'passed').length,
    failed: results.filter((one) => one.state === 'failed').length + brokenFiles + unhandledErrors,
    skipped: skipped.map((one) => ({ name: one.name, reason: (one.state === 'skipped' && one.note) || 'no reason given' })),
  };
}

/** Writes a run's {@link SuiteSummary} as JSON, with the reasons of skipped tests, which Vitest's own JSON report leaves out. */
export class SummaryReporter implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    writeFileSync(this.#file, JSON.stringify(summarise(modules, unhandledErrors.length)));
  }
}
