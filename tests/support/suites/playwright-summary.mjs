/**
 * @typedef {{ readonly type: string, readonly description?: string }} Annotation
 * @typedef {{ readonly projectName: string, readonly status: string, readonly annotations: readonly Annotation[] }} PlannedTest
 * @typedef {{ readonly title: string, readonly tests: readonly PlannedTest[] }} Spec
 * @typedef {{ readonly title: string, readonly specs: readonly Spec[], readonly suites?: readonly Suite[] }} Suite
 * @typedef {{ readonly suites: readonly Suite[], readonly errors: readonly unknown[] }} PlaywrightReport
 * @typedef {import('./vitest-summary.ts').SuiteSummary} SuiteSummary
 */

/**
 * @param {Suite} suite
 * @param {string} path titles of the suites around it
 * @returns {{ name: string, test: PlannedTest }[]}
 */
function testsOf(suite, path) {
  const name = path === '' ? suite.title : `${path} > ${suite.title}`;
  const own = suite.specs.flatMap((spec) => spec.tests.map((test) => ({ name: `${name} > ${spec.title}`, test })));
  return [...own, ...(suite.suites ?? []).flatMap((inner) => testsOf(inner, name))];
}

/**
 * Adds up Playwright's JSON report. A test that passed only when it was run again failed.
 *
 * @param {PlaywrightReport} report
 * @returns {SuiteSummary}
 */
export function summarisePlaywright(report) {
  const tests = report.suites.flatMap((suite) => testsOf(suite, ''));
  const skipped = tests.filter(({ test }) => test.status === 'skipped');
  return {
    passed: tests.filter(({ test }) => test.status === 'expected').length,
    failed: tests.filter(({ test }) => test.status === 'unexpected' || test.status === 'flaky').length + report.errors.length,
    skipped: skipped.map(({ name, test }) => {
      const note = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description;
      return { name, reason: note ?? 'no reason given' };
    }),
  };
}
