import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { defaultDataFolder } from '../../base/data-folder.ts';
import { messageOf } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { providerObstacle } from '../../runtime/execution-providers.ts';
import { checkCameras } from './doctor-cameras.ts';
import type { Finding } from './doctor-finding.ts';
import { checkMemory } from './doctor-memory.ts';
import type { CommandOutput } from './output.ts';

/** `lab doctor`: what works here and what does not. Exits with 0 whatever it finds: missing extras are no failure. */
export async function runDoctor(options: { readonly json?: boolean }, output: CommandOutput): Promise<void> {
  const checks = [checkNode, checkRuntime, checkCameras, checkMemory, checkFfmpeg, checkElectron, checkChromium, checkDataFolder];
  const findings = (await Promise.all(checks.map((check) => check()))).flat();
  if (options.json) return output.result(JSON.stringify(findings, null, 2));
  for (const { subject, state, detail, fix } of findings) {
    output.result(`${state.padEnd(8)} ${subject}: ${detail}${fix ? ` Fix: ${fix}` : ''}`);
  }
}

async function checkNode(): Promise<Finding> {
  const major = Number(process.versions.node.split('.')[0]);
  const detail = `Node ${process.versions.node}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB memory`;
  if (major >= 24) return { subject: 'Node', state: 'works', detail };
  return { subject: 'Node', state: 'missing', detail, fix: 'run the lab through npm, which uses the pinned Node 24' };
}

async function checkRuntime(): Promise<Finding[]> {
  const obstacleToAll = await providerObstacle('cpu');
  const cpu = { subject: 'ONNX Runtime on the CPU', state: obstacleToAll ? 'missing' : 'works' } as const;
  const others = (['webgpu', 'cuda', 'tensorrt'] as const).map(async (name): Promise<Finding> => {
    const subject = `ONNX Runtime on ${name}`;
    const obstacle = await providerObstacle(name);
    if (obstacle === undefined) return { subject, state: 'limited', detail: 'whether a device answers shows when it is chosen' };
    return { subject, state: 'missing', detail: obstacle, fix: 'choose the CPU, or install a build that has it' };
  });
  const fallback = { ...cpu, detail: obstacleToAll ?? 'runs processors, statistics and what row kernels cannot' };
  return [await checkKernels(), fallback, ...(await Promise.all(others))];
}

async function checkKernels(): Promise<Finding> {
  const subject = 'Row kernels on the CPU';
  const obstacle = await providerObstacle('kernel');
  if (obstacle === undefined) return { subject, state: 'works', detail: 'run the stages by default' };
  return { subject, state: 'missing', detail: obstacle, fix: 'none is needed: ONNX Runtime takes their place' };
}

async function checkFfmpeg(): Promise<Finding> {
  const bundled = resolveFfmpegStatic();
  const program =
    bundled && (await runs(bundled, ['-version'])) ? bundled : (await runs('ffmpeg', ['-version'])) ? 'ffmpeg' : undefined;
  if (program) return { subject: 'FFmpeg', state: 'works', detail: program === 'ffmpeg' ? 'from the system' : 'bundled' };
  return { subject: 'FFmpeg', state: 'missing', detail: 'neither bundled nor in the PATH', fix: 'install the package ffmpeg' };
}

function resolveFfmpegStatic(): string | undefined {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' ? path : undefined;
  } catch {
    // An optional dependency: its download may have been skipped.
    return undefined;
  }
}

async function checkElectron(): Promise<Finding> {
  const subject = 'Electron';
  try {
    const require = createRequire(import.meta.url);
    const folder = join(require.resolve('electron/package.json'), '..');
    const [entry] = await readdir(join(folder, 'dist'));
    if (entry) return { subject, state: 'works', detail: 'installed' };
  } catch {
    // Falls through to the one answer for "not there".
  }
  const fix = 'run `npx install-electron` where downloads are possible; `npm start` serves the lab to the browser meanwhile';
  return { subject, state: 'missing', detail: 'its binary has not been downloaded', fix };
}

async function checkChromium(): Promise<Finding> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return { subject: 'Chromium', state: 'works', detail: path };
  }
  return {
    subject: 'Chromium',
    state: 'missing',
    detail: 'none in the PATH',
    fix: 'any current browser can open the served lab; tests need the package chromium',
  };
}

async function checkDataFolder(): Promise<Finding> {
  const folder = defaultDataFolder();
  try {
    makeFolder(folder);
    await access(folder, constants.W_OK);
    return { subject: 'Data folder', state: 'works', detail: folder };
  } catch (thrown) {
    const fix = 'make it writable, or name another one in CAMERA_LAB_HOME';
    return { subject: 'Data folder', state: 'missing', detail: `${folder}: ${messageOf(thrown)}`, fix };
  }
}

function runs(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => execFile(program, args, { timeout: 5000 }, (error) => resolve(error === null)));
}
