import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createLab } from '../../../../main/lab.ts';
import { runCommandLine } from '../../../../main/shell/cli/program.ts';
import type { CreateShellLab } from '../../../../main/shell/service.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

/** What one command came to: its exit code, what it printed and what it told the user beside. */
export interface CommandRun {
  readonly code: number;
  readonly results: readonly string[];
  readonly notes: readonly string[];
}

/** The command line in a folder of its own, with its data folder `data` in it; both are removed after the test file. */
export interface CommandLine {
  /** The path of a file of that name in the folder. */
  path(name: string): string;
  write(name: string, content: Uint8Array | string): Promise<string>;
  /** Every file and folder below the folder, but for the data folder. */
  files(): Promise<string[]>;
  run(...args: readonly string[]): Promise<CommandRun>;
  /** The same over another lab than the real one. */
  runWith(createShellLab: CreateShellLab, ...args: readonly string[]): Promise<CommandRun>;
}

/** Sets a command line up for the test file that calls it. */
export function commandLine(): CommandLine {
  let folder = '';
  const homeBefore = process.env.CAMERA_LAB_HOME;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camera-lab-cli-'));
    process.env.CAMERA_LAB_HOME = join(folder, 'data');
  });
  afterAll(async () => {
    if (homeBefore === undefined) delete process.env.CAMERA_LAB_HOME;
    else process.env.CAMERA_LAB_HOME = homeBefore;
    await rm(folder, { recursive: true });
  });
  const path = (name: string): string => join(folder, name);
  const runWith = async (createShellLab: CreateShellLab, ...args: readonly string[]): Promise<CommandRun> => {
    const results: string[] = [];
    const notes: string[] = [];
    const output = { result: (text: string) => void results.push(text), note: (text: string) => void notes.push(text) };
    return { code: await runCommandLine(args, createShellLab, output), results, notes };
  };
  return {
    path,
    write: async (name, content) => {
      await writeFile(path(name), content);
      return path(name);
    },
    files: async () => {
      const all = await readdir(folder, { recursive: true });
      return all.filter((name) => !/^data\b/.test(name)).sort();
    },
    run: (...args) => runWith(createLab, ...args),
    runWith,
  };
}

/** A synthetic mosaic of 64 x 48 samples of 10 bits. */
export const shot = syntheticMosaic('GRBG', 64, 48);

/** Its samples as the bytes of a headerless RAW file. */
export const shotBytes = new Uint8Array(shot.samples.buffer.slice(0));

/** The arguments that describe {@link shot}, with one black level for all four phases. */
export const shotGeometry = [
  '--width',
  '64',
  '--height',
  '48',
  '--cfa',
  'GRBG',
  '--bits',
  '10',
  '--black',
  '64',
  '--white',
  '1000',
];
