import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { defaultDataFolder, packageSettingsFile, processorsFolder } from '../../base/data-folder.ts';
import { InputError } from '../../base/errors.ts';
import { scopeJson } from '../../export/scope/scope-json.ts';
import { importScopeSchema } from '../../export/scope/scope-schema.ts';
import { builtinProcessors } from '../../processor/builtin/builtin-processors.ts';
import { fileHashes } from '../../processor/packages/inspect-package.ts';
import { openPackage } from '../../processor/packages/load-package.ts';
import { type PackageKind, writeNewPackage } from '../../processor/packages/new-package.ts';
import { readPackage } from '../../processor/packages/package-files.ts';
import { type PackageEntry, PackageLibrary } from '../../processor/packages/package-library.ts';
import { PackageSettings } from '../../processor/packages/package-settings.ts';
import { runPackageTests, type TestResult } from '../../processor/packages/package-tests.ts';
import { describeParameters } from '../../processor/parameters.ts';
import type { RuleReport } from '../../processor/rules/rule.ts';
import { ownIds } from './export-subjects.ts';
import { type CommandOutput, listingText } from './output.ts';

function settings(): Promise<PackageSettings> {
  return PackageSettings.open(packageSettingsFile(defaultDataFolder()));
}

/** Arguments of `lab processors`. */
export interface ProcessorsOptions {
  /** A file with the JSON schema of a pipeline of Scope, to be shown in place of the processors. */
  readonly schema?: string;
  readonly json?: boolean;
}

/** `lab processors`: the lab's own, then every package with its state, and why it is not there where it is not. */
export async function runProcessors(options: ProcessorsOptions, output: CommandOutput): Promise<void> {
  if (options.schema !== undefined) return showSchema(options.schema, options.json, output);
  const userFolder = processorsFolder(defaultDataFolder());
  const library = new PackageLibrary({ userFolder, settings: await settings(), takenIds: ownIds, watch: () => undefined });
  try {
    await library.refresh();
    const own = builtinProcessors.map(({ id, name, version, usage }) => {
      return { id, name, version, usage: usage.join(' '), state: 'ready', where: 'built in' };
    });
    output.result(listingText([...own, ...library.entries.map(rowOf)], { json: options.json, emptyText: '' }));
  } finally {
    await library.close();
  }
}

function rangeText({
  minimum,
  maximum,
}: {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}): string {
  if (minimum === undefined) return maximum === undefined ? '' : `at most ${maximum}`;
  return maximum === undefined ? `at least ${minimum}` : `${minimum} to ${maximum}`;
}

/** The panel that a pipeline of Scope would have in the lab, one parameter a line. */
async function showSchema(path: string, json: boolean | undefined, output: CommandOutput): Promise<void> {
  const { params, fixed, skipped } = importScopeSchema(await scopeJson({ path }));
  const parameters = describeParameters(params);
  for (const { name, reason } of skipped) output.note(`Left out ${name}: ${reason}.`);
  if (json) return output.result(JSON.stringify(parameters, null, 2));
  const rows = parameters.map(({ name, label, kind, control, options, defaultValue, unset, unit = '', ...bounds }) => {
    const range = options?.map(({ value }) => value).join(' ') ?? rangeText(bounds);
    const acts = fixed.includes(name) ? 'fixed at export' : kind === 'runtime' ? 'at once' : 'at loading';
    return { name, label, control, range, default: unset === 'at-first' ? 'not set' : defaultValue, unit, acts };
  });
  output.result(listingText(rows, { emptyText: 'The schema shows no parameters.' }));
}

function rowOf({ id, folder, state, ready, error }: PackageEntry): object {
  const facts = ready?.handle.facts;
  const reason = state === 'untrusted' ? 'Run `lab validate` with --trust once you have read its code.' : error?.message;
  return {
    id: id ?? '',
    name: String(facts?.name ?? ''),
    version: String(facts?.version ?? ''),
    usage: Array.isArray(facts?.usage) ? facts.usage.join(' ') : '',
    state,
    where: folder,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Arguments of `lab validate`. */
export interface ValidateOptions {
  readonly trust?: boolean;
  readonly json?: boolean;
}

/** `lab validate`: the report of all rules on a package, and of its own tests. Rejects with an InputError where anything is to mend. */
export async function runValidate(folder: string, options: ValidateOptions, output: CommandOutput): Promise<void> {
  const files = await readPackage(resolve(folder));
  const { hash, manifest } = files;
  if (manifest.kind === 'code') {
    const trusted = await settings();
    if (options.trust) await trusted.trust(hash, manifest.id, new Date(), fileHashes(files));
    else if (!trusted.isTrusted(hash)) {
      const message = `Expected code that you trust in ${folder} but received content that you have not seen yet (${hash.slice(0, 12)})`;
      throw new InputError('package.untrusted', message, 'Read it, then run the command again with --trust.');
    }
  }
  const { handle, report } = await openPackage(files, ownIds);
  try {
    const tests = report.errors.length > 0 ? [] : await runPackageTests(files, handle);
    output.result(
      options.json ? JSON.stringify({ folder: files.folder, hash, ...report, tests }, null, 2) : reportText(report, tests),
    );
    expectNoFault(report, tests);
  } finally {
    await handle.close();
  }
}

function reportText({ id, errors, warnings, ranges }: RuleReport, tests: readonly TestResult[]): string {
  const findings = [...errors.map((one) => ({ kind: 'error', ...one })), ...warnings.map((one) => ({ kind: 'warning', ...one }))];
  const lines = findings.map(({ kind, rule, message, fix }) => `${kind} ${rule}: ${message}. ${fix}`);
  for (const { width, height, lowest, highest } of ranges) {
    lines.push(`trial ${width}x${height}: samples from ${lowest.toFixed(3)} to ${highest.toFixed(3)} before clamping`);
  }
  for (const { name, passed, message } of tests) lines.push(passed ? `test ${name}: passed` : `test ${name}: ${message}`);
  const verdict = errors.length === 0 ? 'keeps every rule' : 'breaks rules';
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  return [`${id} ${verdict}: ${counted(errors.length, 'error')}, ${counted(warnings.length, 'warning')}`, ...lines].join('\n');
}

function expectNoFault({ id, errors }: RuleReport, tests: readonly TestResult[]): void {
  const failed = tests.filter(({ passed }) => !passed);
  if (errors.length === 0 && failed.length === 0) return;
  const broken = [...errors.map(({ rule }) => rule), ...failed.map(({ name }) => `test "${name}"`)];
  throw new InputError(
    'package.invalid',
    `Expected a processor that keeps all rules and tests but ${id} breaks ${broken.join(', ')}`,
  );
}

/** Arguments of `lab new-processor`. */
export interface NewProcessorOptions {
  readonly out?: string;
  readonly kind: PackageKind;
}

/** `lab new-processor`: a package from a template. What the lab has written itself is trusted as it is. */
export async function runNewProcessor(id: string, options: NewProcessorOptions, output: CommandOutput): Promise<void> {
  if (ownIds.includes(id)) {
    throw new InputError('package.id', `Expected an id that no other processor has but received ${id}`, 'Choose another name.');
  }
  const trusted = await settings();
  if (options.out !== undefined) await expectPlace(options.out);
  const folder = await writeNewPackage(id, resolve(options.out ?? processorsFolder(defaultDataFolder())), options.kind);
  const files = await readPackage(folder);
  if (files.manifest.kind === 'code') await trusted.trust(files.hash, id, new Date(), fileHashes(files));
  output.result(`Wrote ${folder}. Check it with: lab validate ${folder}`);
}

/** The folder may be new, but a slip in the path above it would make folders that nobody looks for. */
async function expectPlace(path: string): Promise<void> {
  const parent = dirname(resolve(path));
  const isThere = await stat(parent).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new InputError(
    'cli.folder',
    `Expected an existing folder for --out but received ${parent}`,
    'Create it or choose another one.',
  );
}
