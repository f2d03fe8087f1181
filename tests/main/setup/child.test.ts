import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { runInForeground, runQuietly } from '../../../main/setup/child.mjs';

const options = { cwd: process.cwd(), env: process.env };
const setup = path.resolve(import.meta.dirname, '../../../main/setup/child.mjs');

/** A parent that runs `script` in the foreground and passes its exit code on. */
function startParent(script: string) {
  const parent = `import { runInForeground } from ${JSON.stringify(setup)};
    process.exitCode = await runInForeground(process.execPath, ['-e', ${JSON.stringify(script)}], { cwd: process.cwd(), env: process.env });`;
  return spawn(process.execPath, ['--input-type=module', '-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('a program in the foreground', () => {
  it('that does not exist rejects', async () => {
    await expect(runInForeground('camera-lab-no-such-program', [], options)).rejects.toThrow('ENOENT');
  });

  it.each([0, 1, 2, 42])('passes its exit code %d on', async (code) => {
    expect(await runInForeground(process.execPath, ['-e', `process.exit(${code})`], options)).toBe(code);
  });

  it('ended by a signal reports 128 and the signal', async () => {
    expect(await runInForeground(process.execPath, ['-e', "process.kill(process.pid, 'SIGKILL')"], options)).toBe(137);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('gets %s and may end in its own time', async (signal) => {
    const parent = startParent(
      `process.on('${signal}', () => { console.log('drained'); process.exit(7); }); setInterval(() => {}, 1000); console.log('ready');`,
    );
    const lines: string[] = [];
    const ended = once(parent, 'exit');
    for await (const line of createInterface({ input: parent.stdout })) {
      lines.push(line);
      if (line === 'ready') parent.kill(signal);
    }
    expect(await ended).toEqual([7, null]);
    expect(lines).toEqual(['ready', 'drained']);
  });
});

describe('a program in the background', () => {
  it('that does not exist is an outcome', async () => {
    expect(await runQuietly('camera-lab-no-such-program', [], options)).toMatchObject({ exitCode: 127, timedOut: false });
  });

  it('keeps what it says on both streams', async () => {
    const outcome = await runQuietly(
      process.execPath,
      ['-e', "console.log('out'); console.error('err'); process.exit(3)"],
      options,
    );
    expect(outcome.exitCode).toBe(3);
    expect(outcome.output.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  it('is ended when its time is over', async () => {
    const outcome = await runQuietly(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { ...options, timeoutMillis: 50 });
    expect(outcome).toMatchObject({ timedOut: true, exitCode: 137 });
  });
});
