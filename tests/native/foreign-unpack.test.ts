import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { buildForeignProgram, obstacleToForeignProgram } from '../../native/v4l2-camera/build.mjs';

const run = promisify(execFile);
const emulator = 'qemu-aarch64';
const limitMillis = 300_000;

function obstacleToEmulation(): string | undefined {
  if (spawnSync(emulator, ['--version']).status === 0) return undefined;
  return `The emulator ${emulator} is missing: install it (Debian: sudo apt install qemu-user)`;
}

const obstacle = process.arch === 'arm64' ? 'this is that processor' : (obstacleToForeignProgram() ?? obstacleToEmulation());
if (obstacle !== undefined) process.stderr.write(`unpacking on an emulated ARM processor left out: ${obstacle}\n`);

describe.skipIf(obstacle !== undefined)(
  `the native half on an emulated ARM processor${obstacle === undefined ? '' : `: skipped, ${obstacle}`}`,
  () => {
    it(
      'unpacks the same bits by NEON as by the scalar twin',
      async () => {
        const program = await buildForeignProgram(path.join(import.meta.dirname, 'unpack-fuzz.cpp'));
        const { stdout } = await run(emulator, [program, '2000', '7']);
        expect(stdout.trim()).toBe('2000 rounds held from seed 7 with 2 paths');
      },
      limitMillis,
    );
  },
);
