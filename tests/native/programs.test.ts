import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { buildProgram, obstacleToBuild } from '../../native/v4l2-camera/build.mjs';

const run = promisify(execFile);
const obstacle = obstacleToBuild();
const minute = 60_000;

/** Builds and runs a program of this folder; resolves to its lines. A finding of a sanitizer rejects with its report. */
async function runProgram(name: string, sanitizer: 'address' | 'thread', args: string[] = []): Promise<string[]> {
  const program = await buildProgram(path.join(import.meta.dirname, `${name}.cpp`), sanitizer);
  const { stdout } = await run(program, args);
  return stdout.trim().split('\n');
}

describe.skipIf(obstacle !== undefined)(
  `the native half without Node${obstacle === undefined ? '' : `: skipped, ${obstacle}`}`,
  () => {
    it(
      'unpacks the same bits on every path and never leaves its buffers (address and undefined-behaviour sanitizers)',
      async () => {
        const [line] = await runProgram('unpack-fuzz', 'address', ['20000', '7']);
        expect(line).toMatch(/^20000 rounds held from seed 7 with \d paths$/);
      },
      5 * minute,
    );

    it.each(['address', 'thread'] as const)(
      'streams, fails and recovers as documented on a driver in memory (%s sanitizer)',
      async (sanitizer) => {
        const lines = await runProgram('engine-test', sanitizer);
        expect(lines).toContain('held: leaks nothing over 200 cycles');
        expect(lines.every((line) => line.startsWith('held: '))).toBe(true);
      },
      5 * minute,
    );
  },
);
