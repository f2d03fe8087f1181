import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const camera = 'simulator:chart';

const good = {
  format: 'camera-lab-tuning',
  version: 2,
  camera: 'bench',
  whiteLevel: 1000,
  noise: [1, 4, 16].map((gain) => ({ gain, slope: gain, offset: 1 })),
  colour: [{ cctKelvin: 6500, whiteBalance: [2, 1, 1.5] }],
};

/** What is kept, by file name. */
async function kept(): Promise<Record<string, string>> {
  const folder = lab.path('data/tunings');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const));
  return Object.fromEntries(texts);
}

beforeEach(async () => {
  await lab.run('tuning', camera, '--remove');
});

describe('misuse', () => {
  it('ends with 2 and one sentence, and harms nothing that is kept', async () => {
    const file = await lab.write('good.json', JSON.stringify(good));
    await lab.run('tuning', camera, '--set', file);
    const before = await kept();
    expect(Object.keys(before)).toHaveLength(1);
    const newer = await lab.write('newer.json', JSON.stringify({ ...good, version: 3 }));
    const damaged = await lab.write('damaged.json', '{"format"');
    const wrong = await lab.write('wrong.json', JSON.stringify({ ...good, whiteLevel: 'much' }));
    const cases: [string[], RegExp][] = [
      [['tuning'], /missing required argument 'camera'/],
      [['tuning', 'webcam'], /Expected a source of this machine but received webcam/],
      [['tuning', 'webcam', '--set', file], /Expected a source of this machine but received webcam/],
      [['tuning', camera, '--set', lab.path('none.json')], /Expected a readable tuning file but received .*none\.json/],
      [
        ['tuning', camera, '--set', newer],
        /Expected a version from 1 to 2 in .*newer\.json but received 3\. Update Camera Lab\./,
      ],
      [['tuning', camera, '--set', damaged], /Expected JSON in .*damaged\.json/],
      [['tuning', camera, '--set', wrong], /for whiteLevel in .*wrong\.json/],
      [['tuning', camera, '--set', file, '--remove'], /Expected --set or --remove but received both/],
    ];
    for (const [args, message] of cases) {
      const { code, results, notes } = await lab.run(...args);
      expect({ args, code, results, lines: notes.length }).toEqual({ args, code: 2, results: [], lines: 1 });
      expect(notes[0]).toMatch(message);
    }
    expect(await kept()).toEqual(before);
  });

  it('names a kept file that is damaged, which a good one replaces', async () => {
    const file = await lab.write('good.json', JSON.stringify(good));
    const { results } = await lab.run('tuning', camera, '--set', file, '--json');
    const { path } = JSON.parse(results.join('')).tuning;
    await writeFile(path, '{');
    const shown = await lab.run('tuning', camera);
    expect(shown).toMatchObject({ code: 2, results: [], notes: [expect.stringContaining(`Expected JSON in ${path}`)] });
    expect(await readFile(path, 'utf8')).toBe('{');
    expect((await lab.run('tuning', camera, '--set', file)).code).toBe(0);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(good);
  });

  it('of the data folder ends with 1 and says what to mend', async () => {
    const file = await lab.write('good.json', JSON.stringify(good));
    const home = process.env.CAMERA_LAB_HOME;
    onTestFinished(() => {
      process.env.CAMERA_LAB_HOME = home;
    });
    process.env.CAMERA_LAB_HOME = await lab.write('no-folder', '');
    const { code, results, notes } = await lab.run('tuning', camera, '--set', file);
    expect({ code, results }).toEqual({ code: 1, results: [] });
    expect(notes).toEqual([expect.stringMatching(/^Expected to change the tuning file of .*CAMERA_LAB_HOME\.$/)]);
  });
});

describe('a tuning file', () => {
  it("is none at first, is kept as a copy in today's version, and is removed", async () => {
    expect((await lab.run('tuning', camera, '--json')).results.map((text) => JSON.parse(text))).toEqual([
      { device: { id: camera, name: expect.any(String) }, tuning: null },
    ]);
    const old = await lab.write(
      'old.json',
      JSON.stringify({ format: 'camera-lab-tuning', version: 1, camera: 'old', blackLevel: 9 }),
    );
    const { code, results } = await lab.run('tuning', camera, '--set', old, '--json');
    expect(code).toBe(0);
    const { tuning } = JSON.parse(results.join(''));
    expect(tuning).toMatchObject({
      camera: 'old',
      fields: [{ field: 'blackLevels', points: 1, from: 'gain 1', to: 'gain 1' }],
    });
    expect(JSON.parse(await readFile(tuning.path, 'utf8'))).toMatchObject({
      version: 2,
      blackLevels: [{ levels: [9, 9, 9, 9] }],
    });
    expect((await lab.run('tuning', 'simulator:hdr')).results).toEqual([expect.stringContaining('has no tuning file.')]);
    const removed = await lab.run('tuning', camera, '--remove');
    expect(removed).toMatchObject({ code: 0, results: [expect.stringContaining('has no tuning file.')] });
    expect(await kept()).toEqual({});
  });

  it('counts in the lab that opens the camera', async () => {
    const file = await lab.write(
      'tone.json',
      JSON.stringify({ ...good, tone: { exposure_ev: 99 }, algorithms: { exposure: { ae_speed: 9 } } }),
    );
    await lab.run('tuning', camera, '--set', file);
    const { code, notes } = await lab.run('record', '--source', camera, '--mode', '640x360@30', '--frames', '1');
    expect({ code, notes }).toEqual({
      code: 0,
      notes: [
        expect.stringMatching(/^The tuning of .* has values that FastISP does not take: .* exposure_ev but received 99\./),
        expect.stringMatching(/^The tuning of .* has values that FastAlgo does not take: .* ae_speed but received 9\./),
        expect.stringMatching(/^The tuning of .* has values that SlowISP does not take: .* exposure_ev but received 99\./),
      ],
    });
  });

  it('is listed with its points', async () => {
    const file = await lab.write('good.json', JSON.stringify(good));
    const { results } = await lab.run('tuning', camera, '--set', file);
    expect(results[0]).toMatch(/ has the tuning of bench in .*tunings.*\.json\.$/);
    expect(results[1]?.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['field', 'points', 'from', 'to'],
      ['whiteLevel'],
      ['noise', '3', 'gain 1', 'gain 16'],
      ['colour', '1', '6500 K', '6500 K'],
    ]);
  });
});
