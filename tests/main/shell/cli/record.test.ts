import { readFile } from 'node:fs/promises';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const small = ['record', '--mode', '640x360@30'];

describe('misuse', () => {
  it.each([
    ['--frames', '0', 'Expected a whole number above 0 for --frames but received 0.'],
    ['--frames', '1.5', 'Expected a whole number above 0 for --frames but received 1.5.'],
    ['--seconds', '0', 'Expected more than 0 and at most 86400 seconds for --seconds but received 0.'],
  ])('refuses %s %s', async (name, value, sentence) => {
    expect(await lab.run(...small, name, value)).toEqual({ code: 2, results: [], notes: [sentence] });
  });

  it('refuses a camera and a mode that are not there', async () => {
    const camera = await lab.run('record', '--camera', '/dev/video-none', '--frames', '1');
    expect({ code: camera.code, results: camera.results }).toEqual({ code: 2, results: [] });
    expect(camera.notes.join()).toContain('/dev/video-none');
    const mode = await lab.run('record', '--mode', '1x1@1', '--frames', '1');
    expect({ code: mode.code, results: mode.results }).toEqual({ code: 2, results: [] });
    expect(mode.notes.join()).toContain('1x1@1');
  });

  it.each([
    ['a folder that is not there', 'nowhere/last.png', /an existing folder but received \S*nowhere/],
    ['a name of another kind', 'last.jpg', /ends in \.png for --picture but received \S*last\.jpg/],
    ['a file that is no picture', 'text.png', /a picture or a new file for --picture but \S*text\.png is another file/],
  ])('refuses %s for the picture before anything is recorded', async (_what, name, message) => {
    await lab.write('text.png', 'mine');
    const createNone = () => Promise.reject(new Error('a lab was made'));
    const { code, results, notes } = await lab.runWith(createNone, ...small, '--frames', '1', '--picture', lab.path(name));
    expect({ code, results, notes }).toEqual({ code: 2, results: [], notes: [expect.stringMatching(message)] });
    expect(await readFile(lab.path('text.png'), 'utf8')).toBe('mine');
  });
});

describe('record --frames', () => {
  it('ends by itself with exactly as many developed frames and writes the last picture', async () => {
    const picture = lab.path('last.png');
    const run = await lab.run(...small, '--camera', 'Sensor simulator', '--frames', '7', '--picture', picture, '--json');
    expect({ code: run.code, notes: run.notes }).toEqual({ code: 0, notes: [] });
    const { id, endedAt } = JSON.parse(run.results.join('\n'));
    expect(endedAt).toEqual(expect.any(String));
    const { width, height } = decode(await readFile(picture));
    expect([width, height]).toEqual([640, 360]);
    const exported = await lab.run('export-session', String(id), '--out', lab.path('exports'));
    expect(exported.code).toBe(0);
    const events = (await readFile(lab.path(`exports/session-${id}/stage-events.csv`), 'utf8')).trim().split('\n');
    expect(events.filter((line) => /(^|,)done(,|$)/.test(line.trim()))).toHaveLength(7);
  });
});

describe('record --chain', () => {
  it('refuses processors and places that there are not', async () => {
    const unknown = await lab.run(...small, '--frames', '1', '--chain', 'nothing');
    expect({ code: unknown.code, results: unknown.results }).toEqual({ code: 2, results: [] });
    expect(unknown.notes.join()).toMatch(/Expected one of .*unsharp-mask.* in --chain but received nothing/);
    const kept = await readFile(lab.path('chain.json'), 'utf8').catch(() => 'none');
    const misplaced = await lab.run(...small, '--frames', '1', '--chain', 'lut@behind');
    expect(misplaced.notes.join()).toContain(
      'Expected preprocessor, main, postprocessor behind @ in --chain but received behind',
    );
    expect(await readFile(lab.path('chain.json'), 'utf8').catch(() => 'none')).toBe(kept);
  });

  it('puts processors around the ISP of every frame', async () => {
    const run = await lab.run(...small, '--frames', '3', '--chain', 'edge-view', '--json');
    expect({ code: run.code, notes: run.notes }).toEqual({ code: 0, notes: [] });
    const { id } = JSON.parse(run.results.join('\n'));
    await lab.run('export-session', String(id), '--out', lab.path('chained'));
    const events = await readFile(lab.path(`chained/session-${id}/stage-events.csv`), 'utf8');
    expect(events.match(/,chain:edge-view,done,/g)?.length).toBeGreaterThanOrEqual(3);
  });
});
