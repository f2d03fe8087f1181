import { describe, expect, it } from 'vitest';
import { engine } from '../../../../main/kernel/wasm/engine.ts';
import { FunctionWriter } from '../../../../main/kernel/wasm/function-writer.ts';
import { memoryImport, pageBytes, writeModule } from '../../../../main/kernel/wasm/module-writer.ts';
import { runWasm } from '../../../support/run-wasm.ts';

const importOf = (pages: number) => ({ [memoryImport.module]: { [memoryImport.name]: new engine.Memory({ initial: pages }) } });

describe('a module', () => {
  it('is not linked to less memory than it was written for', async () => {
    const module = writeModule([new FunctionWriter([])], { name: 'nothing', index: 0 }, 2 * pageBytes + 1);
    await expect(engine.instantiate(module, importOf(2))).rejects.toThrow(/memory/);
    await expect(engine.instantiate(module, {})).rejects.toThrow(/kernel|import/i);
    expect(Object.keys((await engine.instantiate(module, importOf(3))).instance.exports)).toEqual(['nothing']);
  });

  it('is refused where it exports a function that it does not have', async () => {
    const module = writeModule([new FunctionWriter([])], { name: 'nothing', index: 1 }, 1);
    await expect(engine.instantiate(module, importOf(1))).rejects.toThrow(/function|index/i);
  });

  it('numbers its functions in their order, of which each can call the others', async () => {
    const mark = (value: number): FunctionWriter => {
      const writer = new FunctionWriter(['i32']);
      return writer.get(writer.parameter(0)).splat(value).access('v128.store', 0);
    };
    const writer = new FunctionWriter(['i32']);
    writer.integer(64).call(2).get(writer.parameter(0)).call(0).integer(32).call(1);
    const { floats } = await runWasm(writer, [0], { others: [mark(1), mark(2), mark(3)] });
    expect([0, 4, 8, 16].map((index) => floats[index])).toEqual([1, 0, 2, 3]);
  });

  it('holds more functions and longer ones than one byte can count', async () => {
    const long = new FunctionWriter([]);
    const sum = long.local('v128');
    for (let count = 0; count < 3000; count++) long.get(sum).splat(1).do('f32x4.add').set(sum);
    long.integer(0).get(sum).access('v128.store', 0);
    const others = [...Array.from({ length: 199 }, () => new FunctionWriter(['i32', 'f32', 'v128'])), long];
    const { floats } = await runWasm(new FunctionWriter([]).call(199), [], { others });
    expect(floats[0]).toBe(3000);
  });

  it('gives functions locals of their own, of every type', async () => {
    const writer = new FunctionWriter(['i32', 'f32']);
    const locals = Array.from({ length: 150 }, () => writer.local('v128'));
    for (const [index, local] of locals.entries()) writer.splat(index).set(local);
    const weight = writer.local('f32');
    writer.get(writer.parameter(1)).set(weight);
    writer
      .get(writer.parameter(0))
      .get(weight)
      .do('f32x4.splat')
      .get(locals[149] as never)
      .do('f32x4.mul')
      .access('v128.store', 0);
    expect((await runWasm(writer, [16, 0.5])).floats[4]).toBe(74.5);
  });
});
