import { InputError } from '../../base/errors.ts';
import type { ProcessorHandle } from '../processor-handle.ts';
import { checkProcessor } from '../rules/check-processor.ts';
import type { RuleReport } from '../rules/rule.ts';
import { type HostOptions, openCodePackage } from './code-host.ts';
import { openOnnxPackage } from './onnx-package.ts';
import type { PackageFiles } from './package-files.ts';

/** A package whose processor has been opened and checked. It may be offered where the report has no errors. */
export interface OpenedPackage {
  readonly handle: ProcessorHandle;
  readonly report: RuleReport;
}

/**
 * Opens a package's processor and checks it by all rules. Runs the package's code: the caller has made sure that its hash is trusted.
 * Rejects where it cannot be opened; whoever gets it closes its handle, whatever the report says.
 */
export async function openPackage(
  files: PackageFiles,
  knownIds: readonly string[],
  options: HostOptions = {},
): Promise<OpenedPackage> {
  const { manifest, folder } = files;
  const handle = manifest.kind === 'onnx' ? await openOnnxPackage(files) : await openCodePackage(files, options);
  try {
    if (handle.facts.id !== manifest.id) {
      const message = `Expected the id ${manifest.id} of processor.json in the module of ${folder} but received ${handle.facts.id}`;
      throw new InputError('package.id', message, 'Give both the same id.');
    }
    return { handle, report: await checkProcessor(handle, knownIds) };
  } catch (thrown) {
    await handle.close().catch(() => undefined);
    throw thrown;
  }
}
