import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandLine } from './command-line.ts';

const lab = commandLine();

interface Row {
  readonly id: string;
  readonly state: string;
  readonly where: string;
  readonly reason?: string;
}

async function listed(): Promise<Row[]> {
  const { results } = await lab.run('processors', '--json');
  return JSON.parse(results.join('\n')) as Row[];
}

describe('a package that cannot be checked', () => {
  it.each([
    [['validate'], "missing required argument 'folder'."],
    [['validate', 'nowhere'], 'Expected a folder that can be read but received'],
    [
      ['new-processor', 'My Processor'],
      'Expected lower-case words joined by hyphens for the new processor but received My Processor',
    ],
    [['new-processor', 'fast-isp'], 'Expected an id that no other processor has but received fast-isp'],
    [['new-processor', 'a', '--kind', 'dll'], "option '--kind <kind>' argument 'dll' is invalid"],
  ])('is refused in one sentence: %j', async (args, message) => {
    const { code, results, notes } = await lab.run(...args);
    expect({ code, results, lines: notes.length }).toEqual({ code: 2, results: [], lines: 1 });
    expect(notes[0]).toContain(message);
  });

  it('is refused where the folder above its own does not exist, and makes none', async () => {
    const { code, notes } = await lab.run('new-processor', 'far-away', '--out', lab.path('missing/deep'));
    const sentence = `Expected an existing folder for --out but received ${lab.path('missing')}. Create it or choose another one.`;
    expect({ code, notes }).toEqual({ code: 2, notes: [sentence] });
    expect(await lab.files()).not.toContain('missing');
  });

  it('of the data folder ends with 1 in every command that needs it, with what to mend', async () => {
    const home = process.env.CAMERA_LAB_HOME;
    onTestFinished(() => {
      process.env.CAMERA_LAB_HOME = home;
    });
    process.env.CAMERA_LAB_HOME = await lab.write('no-folder', '');
    for (const args of [['processors'], ['sessions'], ['new-processor', 'some-name']]) {
      const { code, results, notes } = await lab.run(...args);
      expect({ args, code, results }).toEqual({ args, code: 1, results: [] });
      expect(notes).toEqual([
        expect.stringMatching(/^Expected a folder for .* at .*no-folder.* but received a path through a file\. Move /),
      ]);
    }
  });

  it('is refused where a file is in the way of its folder', async () => {
    const out = await lab.write('file', '');
    const { code, notes } = await lab.run('new-processor', 'in-the-way', '--out', out);
    expect({ code, notes }).toEqual({
      code: 2,
      notes: [expect.stringMatching(/^Expected a folder but .* leads through a file/)],
    });
  });
});

describe.each(['graph-ts', 'onnx'])('lab new-processor --kind %s', (kind) => {
  it('writes a package that keeps all rules and passes its own tests', async () => {
    const id = `made-of-${kind}`;
    const made = await lab.run('new-processor', id, '--out', lab.path('packages'), '--kind', kind);
    const folder = join(lab.path('packages'), id);
    expect(made).toEqual({ code: 0, notes: [], results: [`Wrote ${folder}. Check it with: lab validate ${folder}`] });
    const texts = (await readdir(folder)).filter((name) => !name.endsWith('.onnx'));
    for (const name of texts) expect(await readFile(join(folder, name), 'utf8')).not.toMatch(/example/i);
    const { code, results, notes } = await lab.run('validate', folder);
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    const [verdict, ...lines] = (results[0] as string).split('\n');
    expect(verdict).toBe(`${id} keeps every rule: 0 errors, 0 warnings`);
    expect(lines.filter((line) => line.startsWith('trial'))).toHaveLength(2);
    const tests = lines.filter((line) => line.startsWith('test'));
    expect(tests.length).toBeGreaterThan(1);
    expect(tests.filter((line) => !line.endsWith(': passed'))).toEqual([]);
  });

  it('refuses a folder that is there', async () => {
    const { code, notes } = await lab.run('new-processor', `made-of-${kind}`, '--out', lab.path('packages'), '--kind', kind);
    expect({ code, notes }).toEqual({
      code: 2,
      notes: [expect.stringMatching(/^Expected a new folder but .* exists already\. Choose/)],
    });
  });
});

describe('lab validate', () => {
  it('tells every broken rule and every failed test, and exits with 2', async () => {
    await lab.run('new-processor', 'broken-one', '--out', lab.path('packages'), '--kind', 'onnx');
    const folder = lab.path('packages/broken-one');
    const manifest = join(folder, 'processor.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('"1.0.0"', '"one"').replace('postprocessor', 'anywhere'));
    const { code, results, notes } = await lab.run('validate', folder, '--json');
    const report = JSON.parse(results.join('\n')) as { errors: { rule: string; fix: string }[]; tests: unknown[] };
    expect(report.errors.map(({ rule }) => rule)).toEqual(['version-form', 'usage-places']);
    expect(report.tests).toEqual([]);
    const sentence = 'Expected a processor that keeps all rules and tests but broken-one breaks version-form, usage-places.';
    expect({ code, notes }).toEqual({ code: 2, notes: [sentence] });
    await writeFile(manifest, text);
    await writeFile(join(folder, 'tests.json'), '[{ "name": "wrong", "colour": [0, 0, 0], "expected": [1, 0, 0] }]');
    const failed = await lab.run('validate', folder);
    expect(failed.code).toBe(2);
    expect(failed.results[0]).toContain('test wrong: Expected 1, 0, 0 for test "wrong" but received 0.0000, 0.0000, 0.0000');
    await writeFile(join(folder, 'tests.json'), '{}');
    expect((await lab.run('validate', folder)).notes[0]).toMatch(
      /^Expected a list for the tests in tests\.json of .* but received \{\}\. Compare it with/,
    );
  });

  it('runs changed code only after it has been trusted', async () => {
    await lab.run('new-processor', 'changed-code', '--out', lab.path('packages'));
    const folder = lab.path('packages/changed-code');
    await appendFile(join(folder, 'processor.ts'), '\nconsole.log("it runs");\n');
    const refused = await lab.run('validate', folder);
    expect(refused).toMatchObject({ code: 2, results: [] });
    expect(refused.notes[0]).toMatch(
      /^Expected code that you trust in .* but received content that you have not seen yet \([0-9a-f]{12}\)/,
    );
    expect((await lab.run('validate', folder, '--trust')).code).toBe(0);
    expect((await lab.run('validate', folder)).code).toBe(0);
  });
});

describe('code that cannot be loaded', () => {
  it.each([
    [
      "throw new Error('no luck');",
      /^Expected a module that loads but processor\.ts of the package threw: no luck\. Mend the package/,
    ],
    ['export default () => { throw 7; };', /processor\.ts of the package threw: 7\. Mend the package/],
    ['const broken = ;', /^Expected a module that loads but processor\.ts of the package threw: .*\. Mend the package/],
    [
      "import './none.ts';",
      /Cannot find module '\/\S*packages\/thrower\/none\.ts' imported from \/\S*packages\/thrower\/processor\.ts/,
    ],
    ['throw new Error(import.meta.url);', /of the package threw: file:\/\/\S*packages\/thrower\/processor\.ts\. Mend/],
    ['process.exit(3);', /^Processor thrower ended its thread with exit code 3\. Mend the package/],
  ])('is to be mended, in one sentence: %s', async (code, sentence) => {
    await lab.run('new-processor', 'thrower', '--out', lab.path('packages'));
    await writeFile(lab.path('packages/thrower/processor.ts'), code);
    const { code: exitCode, results, notes } = await lab.run('validate', lab.path('packages/thrower'), '--trust');
    expect({ exitCode, results, notes }).toEqual({ exitCode: 2, results: [], notes: [expect.stringMatching(sentence)] });
    expect(notes[0]).not.toContain('camera-lab-package-');
  });
});

describe('lab processors', () => {
  it("lists the lab's own first, then packages with what is wrong with them", async () => {
    await lab.run('new-processor', 'listed-data', '--kind', 'onnx');
    await lab.run('new-processor', 'listed-code');
    await lab.run('new-processor', 'listed-broken', '--kind', 'onnx');
    await writeFile(lab.path('data/processors/listed-broken/model.onnx'), 'broken');
    await appendFile(lab.path('data/processors/listed-code/processor.ts'), '\n');
    const rows = await listed();
    expect(rows.filter(({ where }) => where === 'built in')).toHaveLength(10);
    const packages = rows.slice(10);
    expect(packages.map(({ id, state }) => [id, state])).toEqual([
      ['listed-broken', 'failed'],
      ['listed-code', 'untrusted'],
      ['listed-data', 'ready'],
    ]);
    expect(packages[0]?.reason).toMatch(/^Expected an ONNX model but received model\.onnx of/);
    expect(packages[1]?.reason).toContain('--trust');
  });
});
