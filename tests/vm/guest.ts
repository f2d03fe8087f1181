import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { exitStatusFile, type GuestTask, packInitramfs, shareTags } from './initramfs.ts';
import type { UnpackedKernel } from './kernel-package.ts';
import { requireProgram } from './requirements.ts';

const memoryMebibytes = 3072;
const processors = 2;

/** What a shell reports of a program that SIGKILL ended, which the guest sends at its limit. */
const killedStatus = 137;

/** What became of a guest. */
export interface GuestOutcome {
  /** Of the program inside; `undefined` where the guest ended without one. */
  readonly exitCode: number | undefined;
  /** Why the program did not come to an end of its own, where it did not. */
  readonly reason: string | undefined;
  /** The files which the program left in the folder for results, by name; only those asked for and found. */
  readonly results: ReadonlyMap<string, string>;
}

interface GuestFiles {
  readonly initramfs: string;
  readonly results: string;
}

function qemuArguments(kernel: UnpackedKernel, files: GuestFiles): readonly string[] {
  const share = (tag: string, folder: string, options: string) => [
    ...['-fsdev', `local,id=${tag},path=${folder},security_model=none,${options}`],
    ...['-device', `virtio-9p-pci,fsdev=${tag},mount_tag=${tag}`],
  ];
  return [
    // Emulation works wherever the host is itself a guest; hardware acceleration there is not to be relied upon.
    // One host thread for all processors: with one each, V8 crashed in one run out of two or three, in the checks that guard its
    // compiled code (SIGSEGV), with the processor's memory protection keys (`pku`) and without them; and it was not faster.
    ...['-machine', 'q35', '-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', String(processors)],
    ...['-m', String(memoryMebibytes)],
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', kernel.image, '-initrd', files.initramfs],
    ...['-append', 'console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on'],
    // The root of the host may span several file systems, whose inode numbers would clash.
    ...share(shareTags.hostRoot, '/', 'readonly=on,multidevs=remap'),
    ...share(shareTags.results, files.results, 'multidevs=remap'),
  ];
}

/** Runs QEMU to its end; `print` gets what the guest says. Resolves to why it was ended early, if it was. */
function runQemu(args: readonly string[], limitSeconds: number, print: (text: string) => void): Promise<string | undefined> {
  const qemu = spawn(requireProgram('qemu-system-x86_64'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let ended: string | undefined;
  const end = (reason: string) => {
    ended = reason;
    qemu.kill('SIGKILL');
  };
  const timer = setTimeout(end, limitSeconds * 1000, `the guest was ended: it had not finished after ${limitSeconds} s`);
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stop = (signal: NodeJS.Signals) => end(`the guest was ended by ${signal}`);
  for (const signal of signals) process.on(signal, stop);
  for (const stream of [qemu.stdout, qemu.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => print(text.replaceAll('\r\n', '\n')));
  }
  const finished = Promise.withResolvers<string | undefined>();
  qemu.once('error', (error) => finished.resolve(`QEMU could not be started: ${error.message}`));
  qemu.once('close', (code) => finished.resolve(ended ?? (code === 0 ? undefined : `QEMU ended with exit code ${code}`)));
  return finished.promise.finally(() => {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, stop);
  });
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function reasonOf(status: string | undefined, ending: string | undefined, limitSeconds: number): string | undefined {
  if (status === undefined) return ending ?? 'the guest ended before its program did (see above)';
  return Number(status) === killedStatus ? `its program was killed, at the latest after ${limitSeconds} s` : undefined;
}

/**
 * Boots `kernel`, runs the task in it over the host's files, which it cannot change, and powers it off. What the guest says
 * goes to `print` as it comes; `resultNames` are read from the folder that the guest knows as `/run/results`. Every other
 * file is temporary and removed.
 */
export async function runInGuest(
  kernel: UnpackedKernel,
  task: GuestTask,
  resultNames: readonly string[],
  print: (text: string) => void,
): Promise<GuestOutcome> {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-guest-'));
  try {
    const files: GuestFiles = { initramfs: path.join(scratch, 'initramfs.cpio'), results: path.join(scratch, 'results') };
    mkdirSync(files.results);
    writeFileSync(files.initramfs, packInitramfs(kernel, task));
    const startSeconds = 30;
    const ending = await runQemu(qemuArguments(kernel, files), task.limitSeconds + startSeconds, print);
    const status = readIfThere(path.join(files.results, exitStatusFile));
    const texts = resultNames.map((name) => [name, readIfThere(path.join(files.results, name))] as const);
    return {
      exitCode: status === undefined ? undefined : Number(status),
      reason: reasonOf(status, ending, task.limitSeconds),
      results: new Map(texts.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
