import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRawDescription } from '../../main/camera/file/raw-description.ts';
import { createLab } from '../../main/lab.ts';
import { runCommandLine } from '../../main/shell/cli/program.ts';
import packageJson from '../../package.json' with { type: 'json' };

const root = path.resolve(import.meta.dirname, '../..');
const names = (await readdir(root)).filter((name) => name.endsWith('.md')).sort();
const documents = await Promise.all(names.map(async (name) => ({ name, text: await readFile(path.join(root, name), 'utf8') })));

/** The lines of every fenced block of that language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(([, of]) => of === language).map(([, , body]) => body ?? '');
}

/** A line as a shell would split it; quotes only, since no document needs more. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}

/** Every line of a document's `sh` blocks, as words. */
function commandLines(text: string): string[][] {
  const lines = blocks(text, 'sh').flatMap((block) => block.split('\n'));
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(words);
}

/** What a document promises about the lab's command line: the arguments after `npm run lab --`. */
const labCommands = documents.flatMap(({ name, text }) =>
  commandLines(text)
    .filter((line) => line.join(' ').startsWith('npm run lab -- '))
    .map((line) => ({ name, args: line.slice(4) })),
);

/** The files or folders that a command names as its output. */
function promisedOutputs(args: readonly string[]): string[] {
  return args.filter((_, index) => ['--output', '--out', '--tuning'].includes(args[index - 1] ?? ''));
}

/** 640x480 samples of 10 bits: a ramp, so that nothing about it is by chance. */
const shot = new Uint16Array(640 * 480).map((_, index) => 64 + (index % 640));

/** A dark frame of the same sensor: black at 64 DN, give or take one, and a hot sample. */
const dark = shot.map((_, index) => (index === 777 ? 900 : 63 + (index % 3)));

describe('the commands of the documents, one after the other in one folder', () => {
  const before = { folder: process.cwd(), home: process.env.CAMERA_LAB_HOME };
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'camera-lab-documents-'));
    await mkdir(path.join(folder, 'work'));
    process.chdir(path.join(folder, 'work'));
    process.env.CAMERA_LAB_HOME = path.join(folder, 'data');
    await writeFile('shot.raw', new Uint8Array(shot.buffer));
    await writeFile('dark.raw', new Uint8Array(dark.buffer));
  });
  afterAll(async () => {
    process.chdir(before.folder);
    if (before.home === undefined) delete process.env.CAMERA_LAB_HOME;
    else process.env.CAMERA_LAB_HOME = before.home;
    await rm(folder, { recursive: true });
  });

  it('are there', () => {
    const commands = new Set(labCommands.map(({ args }) => args[0]));
    expect([...commands].sort()).toEqual([
      ...['analyse', 'calibrate', 'demo', 'devices', 'doctor', 'export-onnx', 'export-scope', 'export-session', 'new-processor'],
      ...['process', 'processors', 'profile', 'record', 'sessions', 'tuning', 'validate'],
    ]);
  });

  it.each(labCommands.map(({ name, args }) => [name, args.join(' '), args] as const))(
    '%s: lab %s',
    async (_name, _line, args) => {
      const [results, notes]: [string[], string[]] = [[], []];
      const output = { result: (text: string) => void results.push(text), note: (text: string) => void notes.push(text) };
      const code = await runCommandLine(args, createLab, output);
      // Beside its CSV, demo tells of the buffers.
      expect({ code, notes }).toEqual({ code: 0, notes: args[0] === 'demo' ? [expect.any(String)] : [] });
      expect(results.join('')).not.toBe('');
      if (args.includes('--json')) expect(() => JSON.parse(results.join('\n'))).not.toThrow();
      for (const promised of promisedOutputs(args)) expect(await readdir('.')).toContain(promised);
    },
  );

  it('leave nothing else behind', async () => {
    const promised = labCommands.flatMap(({ args }) => promisedOutputs(args));
    expect(await readdir('.')).toEqual([...new Set(['dark.raw', 'shot.raw', ...promised])].sort());
  });
});

describe.each(documents)('$name', ({ name, text }) => {
  it('names only npm scripts that exist', () => {
    const scripts = [...text.matchAll(/\bnpm run (?:--\S+ )*([\w:-]+)/g)].map(([, script]) => script as string);
    const shorthands = [...text.matchAll(/\bnpm (start|test)\b/g)].map(([, script]) => script as string);
    expect([...scripts, ...shorthands].filter((script) => !Object.hasOwn(packageJson.scripts, script))).toEqual([]);
  });

  it('runs nothing in its sh blocks but npm', () => {
    expect(commandLines(text).filter(([program]) => program !== 'npm')).toEqual([]);
  });

  it('links to files and headings that exist', () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    const missing = local.filter((target) => {
      const [file = '', heading] = target.split('#');
      const at = path.join(root, file === '' ? name : file);
      return !existsSync(at) || (heading !== undefined && !headingsOf(documents, file === '' ? name : file).includes(heading));
    });
    expect(missing).toEqual([]);
  });
});

/** The anchors of a document's headings, as a forge makes them. */
function headingsOf(all: typeof documents, file: string): string[] {
  const text = all.find(({ name }) => name === file)?.text ?? '';
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

describe('the README', () => {
  const readme = documents.find(({ name }) => name === 'README.md')?.text ?? '';

  it('shows a sidecar that the lab reads', () => {
    const sidecars = blocks(readme, 'json');
    expect(sidecars).toHaveLength(1);
    const { whiteBalance, srgbFromCamera, ...geometry } = parseRawDescription(JSON.parse(sidecars[0] ?? ''), 'README.md');
    expect(geometry).toMatchObject({ width: 640, height: 480, cfa: 'RGGB', bits: 10, packing: 'unpacked' });
    expect([whiteBalance?.length, srgbFromCamera?.length]).toEqual([3, 9]);
  });

  it('has a line in its table for every command', async () => {
    const results: string[] = [];
    await runCommandLine([], createLab, { result: (text) => void results.push(text), note: () => undefined });
    const commands = [...results.join('\n').matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, command]) => command as string);
    const listed = [...readme.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) => [...(cell ?? '').matchAll(/`([\w-]+)`/g)]);
    const table = new Set(listed.map(([, command]) => command));
    expect(commands.filter((command) => command !== 'help' && !table.has(command))).toEqual([]);
    expect(commands.length).toBeGreaterThanOrEqual(8);
  });
});
