import { describe, expect, it } from 'vitest';
import { productVersion } from '../../../../main/base/product.ts';
import { listingText } from '../../../../main/shell/cli/output.ts';
import { calls } from '../../../../preload/contract.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();

interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly detail: string;
  readonly fix?: string;
}

describe('help', () => {
  it.each([[[]], [['--help']], [['help']]])('lists the commands for %j', async (args) => {
    const { code, results, notes } = await lab.run(...args);
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    for (const name of [
      'devices',
      'process',
      'record',
      'sessions',
      'capture',
      'watch',
      'export-session',
      'export-onnx',
      'serve',
      'doctor',
      'processors',
      'validate',
      'new-processor',
    ]) {
      expect(results.join('\n')).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    }
  });

  it('tells the version, and the options of one command', async () => {
    expect(await lab.run('--version')).toEqual({ code: 0, results: [productVersion], notes: [] });
    const { code, results } = await lab.run('process', '--help');
    expect(code).toBe(0);
    expect(results.join('\n')).toMatch(/--param <name=value>/);
  });
});

describe('devices', () => {
  it('lists the simulator first', async () => {
    const { code, results } = await lab.run('devices', '--json');
    expect(code).toBe(0);
    const sources = calls['source.list'].response.parse(JSON.parse(results.join('\n')));
    expect(sources[0]).toMatchObject({ id: 'simulator:chart', kind: 'simulator', available: true });
    expect((await lab.run('devices')).results.join('\n')).toMatch(/^id +name[^\n]*\nsimulator:chart +Sensor simulator +ready/);
  });
});

describe('doctor', () => {
  it('looks at everything that the lab may need, with a fix where something is missing', async () => {
    const { code, results, notes } = await lab.run('doctor', '--json');
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    const findings = JSON.parse(results.join('\n')) as Finding[];
    const subjects = findings.map(({ subject }) => subject).join('\n');
    for (const subject of ['Node', 'ONNX Runtime on the CPU', 'V4L2', 'FFmpeg', 'Electron', 'Chromium', 'Data folder']) {
      expect(subjects).toMatch(new RegExp(`^${subject}`, 'm'));
    }
    const mendable = findings.filter(({ state }) => state === 'missing');
    expect(mendable.filter(({ fix }) => fix === undefined)).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ subject: 'ONNX Runtime on the CPU', state: 'works' }));
    expect(findings).toContainEqual(expect.objectContaining({ subject: 'Row kernels on the CPU', state: 'works' }));
    expect(findings).toContainEqual({ subject: 'Data folder', state: 'works', detail: lab.path('data') });
  });

  it('says in one line each what it found', async () => {
    const { results } = await lab.run('doctor');
    expect(results.length).toBeGreaterThanOrEqual(7);
    for (const line of results) expect(line).toMatch(/^(works|missing|limited) +[^:\n]+: [^\n]+$/);
  });
});

describe('a listing', () => {
  const rows = [
    { id: 1, name: 'short', note: undefined },
    { id: 20, name: 'much longer', note: 'x' },
  ];

  it('has aligned columns and no blanks at the end of a line', () => {
    expect(listingText(rows, { emptyText: 'none' })).toBe('id  name         note\n1   short\n20  much longer  x');
  });

  it('has a column for every key, also where the first row lacks it', () => {
    const ragged = [
      { id: 1, frames: 2 },
      { id: 2, endedAt: 'noon', frames: 3 },
      { id: 3, frames: 4, lost: 5 },
    ];
    expect(listingText(ragged, { emptyText: 'none' })).toBe(
      'id  endedAt  frames  lost\n1            2\n2   noon     3\n3            4       5',
    );
  });

  it('says so when it is empty, and is an empty array as JSON', () => {
    expect(listingText([], { emptyText: 'none' })).toBe('none');
    expect(listingText([], { json: true, emptyText: 'none' })).toBe('[]');
  });
});
