import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { processorScopeSource } from '../../main/export/scope/processor-source.ts';
import { fastIsp } from '../../main/isp/fast-isp.ts';
import { type LabChain, makeLabChain } from '../../main/lab-chain.ts';
import { announceScope, scopeHandlers } from '../../main/lab-scope.ts';
import { ProcessorDesk } from '../../main/live/processor-desk.ts';
import { unsharpMask } from '../../main/processor/builtin/unsharp-mask.ts';
import { ParameterStore } from '../../main/processor/parameter-store.ts';
import { defaultValues } from '../../main/processor/parameters.ts';
import { inlineHandle } from '../../main/processor/processor-handle.ts';
import { glowSchema } from '../support/fake-lab/fake-scope.ts';
import { exportBench, pythonAbsence, withoutPython } from './export/scope/exported.ts';

const bench = exportBench();
let folder: string;
let labChain: LabChain;
let processors: ProcessorDesk;
let handlers: ReturnType<typeof scopeHandlers>;
/** Load-time values that were asked to be built. */
const built: [string, object][] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-panels-'));
  const { id, params } = fastIsp.declaration;
  processors = new ProcessorDesk([{ declaration: fastIsp.declaration, parameters: new ParameterStore(id, params) }]);
  labChain = await makeLabChain(folder, processors);
  await labChain.restore();
  handlers = scopeHandlers({
    panels: labChain.scope,
    processors,
    exportsFolder: join(folder, 'exports'),
    applyLoadTime: async (processorId, values) => {
      built.push([processorId, values]);
      processors.parametersOf(processorId).setLoadTime(values);
    },
  });
});

afterAll(async () => {
  await labChain.close();
  await rm(folder, { recursive: true });
});

const importing = async (from: { readonly text: string } | { readonly path: string }) => handlers['scope.import']({ from });

describe('what is no schema', () => {
  it('is refused with what it is', async () => {
    await expect(importing({ text: '{' })).rejects.toThrow('Expected JSON but received the text:');
    await expect(importing({ text: '[]' })).rejects.toThrow('Expected the schema of a pipeline of Scope');
    await expect(importing({ path: join(folder, 'nowhere.json') })).rejects.toThrow(
      /^Expected a file of JSON but received .*nowhere/,
    );
    await writeFile(join(folder, 'long.json'), ' '.repeat(500_001));
    await expect(importing({ path: join(folder, 'long.json') })).rejects.toThrow('it has 500001 bytes, more than 500000');
    expect(await handlers['scope.list']({})).toEqual([]);
  });

  it('is not waited for where it has no end', async () => {
    const pipe = join(folder, 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      await expect(importing({ path })).rejects.toThrow(`Expected a file of JSON but ${path} is a device, pipe or socket`);
    }
    await expect(importing({ path: folder })).rejects.toThrow(`Expected a file of JSON but ${folder} is a folder`);
  });
});

test('a schema is read from a file, its values saved beside earlier ones, and read again', async () => {
  const announced: string[] = [];
  announceScope(labChain.scope, (name) => void announced.push(name));
  await writeFile(join(folder, 'glow.json'), JSON.stringify({ ...glowSchema, id: '../glow' }));
  const { processor } = await importing({ path: join(folder, 'glow.json') });
  expect(announced).toEqual(['scope.changed', 'parameter.changed']);
  const processorId = processor.id;
  await handlers['scope.setValues']({ processorId, from: { text: '{ "unsharp_amount": 1.5 }' } });
  const { path } = await handlers['scope.saveValues']({ processorId });
  await handlers['scope.setValues']({ processorId, from: { text: '{ "unsharp_amount": 2 }' } });
  const { path: second } = await handlers['scope.saveValues']({ processorId });
  expect(await readdir(join(folder, 'exports'))).toEqual(['glow-values-2.json', 'glow-values.json']);
  expect(await readFile(second, 'utf8')).toBe((await handlers['scope.values']({ processorId })).text);
  expect((await handlers['scope.setValues']({ processorId, from: { path } })).values).toMatchObject({ unsharp_amount: 1.5 });
  expect(await handlers['scope.close']({ processorId })).toEqual([]);
  await expect(async () => handlers['scope.values']({ processorId })).rejects.toThrow('Expected an imported pipeline (none)');
});

test('one value that the other does not take keeps no other from going over', async () => {
  const ui = { is_load_param: false };
  const unsharp_amount = { type: 'number', minimum: 0, maximum: 99, default: 50, ui };
  const unsharp_sigma = { type: 'number', minimum: 0, maximum: 99, default: 4, ui };
  const { processor } = await importing({
    text: JSON.stringify({ id: 'unsharp-mask', config_schema: { properties: { unsharp_amount, unsharp_sigma } } }),
  });
  const key = labChain.chain.add('unsharp-mask').entries.at(-1)?.key as string;
  const request = { processorId: processor.id, with: key, direction: 'apply' } as const;
  expect(await handlers['scope.exchange'](request)).toEqual({
    count: 1,
    left: [{ name: 'unsharp_amount', reason: expect.stringContaining('for unsharp_amount but received 50') }],
  });
  expect(built.splice(0)).toEqual([[key, { unsharp_sigma: 4 }]]);
  labChain.chain.remove(key);
});

describe.skipIf(pythonAbsence !== undefined)(`an exported processor${withoutPython}`, () => {
  it('comes back with all its values', async () => {
    const exportedWith = { ...defaultValues(unsharpMask.params), unsharp_amount: 1.25, unsharp_sigma: 2.5 };
    const subject = { handle: inlineHandle(unsharpMask), params: unsharpMask.params };
    const { schema } = await bench.load(await processorScopeSource(subject, { values: exportedWith, sizes: [] }));
    const { processor } = await importing({ text: JSON.stringify(schema) });
    labChain.chain.add('unsharp-mask');
    const request = { processorId: processor.id, with: 'unsharp-mask' } as const;
    const store = (): ParameterStore => processors.parametersOf('unsharp-mask');
    expect(await handlers['scope.exchange']({ ...request, direction: 'apply' })).toEqual({ count: 2, left: [] });
    expect(store().current.values).toEqual(exportedWith);
    expect(built).toEqual([['unsharp-mask', { unsharp_sigma: 2.5 }]]);
    expect(await handlers['scope.exchange']({ ...request, direction: 'apply' })).toEqual({ count: 0, left: [] });

    store().set({ unsharp_amount: 0.5 });
    store().setLoadTime({ unsharp_sigma: 1 });
    expect(await handlers['scope.exchange']({ ...request, direction: 'take' })).toEqual({
      count: 2,
      left: [{ name: 'unsharp_sigma', reason: '2.5 is part of its model' }],
    });
    expect(labChain.scope.find(processor.id)?.current.values).toEqual({ ...exportedWith, unsharp_amount: 0.5 });
    await expect(handlers['scope.exchange']({ ...request, with: 'nothing', direction: 'apply' })).rejects.toThrow(
      'received nothing',
    );
  });
});
