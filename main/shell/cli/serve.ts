import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError, ResourceError } from '../../base/errors.ts';
import { startHttpShell } from '../http/http-shell.ts';
import type { CreateShellLab } from '../service.ts';
import { EndSignal } from './end-signal.ts';
import type { CommandOutput } from './output.ts';

/** Arguments of `lab serve`. */
export interface ServeOptions {
  readonly port: number;
  readonly host: string;
}

/**
 * The built page as seen from a module: beside the bundle, or in the project when run from source. Throws ResourceError
 * where it has not been built.
 */
export function rendererFolderFrom(moduleUrl: string): string {
  const candidates = ['../renderer/', '../../renderer/', '../../../out/renderer/', '../../../../out/renderer/'];
  const folders = candidates.map((candidate) => fileURLToPath(new URL(candidate, moduleUrl)));
  const built = folders.find((folder) => folder.includes('/out/') && existsSync(`${folder}index.html`));
  if (built) return built;
  throw new ResourceError('serve.no-page', 'Expected the built page but received none', 'Run `npm run build` first.');
}

/** `lab serve`: the lab in the browser, until the process is told to end. */
export async function runServe({ port, host }: ServeOptions, createLab: CreateShellLab, output: CommandOutput): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new InputError('cli.port', `Expected a port from 0 to 65535 for --port but received ${port}`);
  }
  const folder = rendererFolderFrom(import.meta.url);
  using end = new EndSignal();
  const lab = await createLab({ shell: 'http', startSource: true });
  try {
    const shell = await startHttpShell({ service: lab.service, rendererFolder: folder, host, port });
    output.result(`Camera Lab: ${shell.url}`);
    for (const url of shell.networkUrls) output.result(`From other machines: ${url}`);
    await end.asked;
    await shell.close();
  } finally {
    await lab.close();
  }
}
