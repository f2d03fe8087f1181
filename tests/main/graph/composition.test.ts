import { describe, expect, it } from 'vitest';
import { compose, mergeInputs, renameInputs } from '../../../main/graph/composition.ts';
import type { Graph } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { runGraph } from '../../support/run-graph.ts';

/** `to` = sqrt(`from` * factor) + 1, with a factor that is an input. */
function step(name: string, from: string, to: string, length = 4): Graph {
  const g = new GraphBuilder(name);
  const x = g.input(from, 'float32', [length], 'values');
  const factor = g.input(`${name}_factor`, 'float32', [], 'factor');
  g.output(to, g.add(g.squareRoot(g.multiply(x, factor)), g.scalar(1)), 'values');
  return g.build();
}

const values = Float32Array.of(0, 1, 4, 9);
const two = Float32Array.of(2);
const three = Float32Array.of(3);

describe('wiring that cannot hold', () => {
  it('names the outputs and inputs that exist', () => {
    const [first, second] = [step('first', 'a', 'b'), step('second', 'c', 'd')];
    expect(() => compose(first, second, { x: 'c' })).toThrow('Expected one of b for node first but received x');
    expect(() => compose(first, second, { b: 'x' })).toThrow('Expected one of c, second_factor for node second but received x');
  });

  it('names both shapes where they differ', () => {
    const [first, second] = [step('first', 'a', 'b', 4), step('second', 'c', 'd', 5)];
    expect(() => compose(first, second, { b: 'c' })).toThrow('Expected float32 [5] for node second/c but received float32 [4]');
  });

  it('refuses two sources for one input', () => {
    const g = new GraphBuilder('first');
    const x = g.input('a', 'float32', [4], 'values');
    g.output('b', g.squareRoot(x), 'root');
    g.output('c', g.add(x, x), 'double');
    const second = step('second', 'in', 'out');
    expect(() => compose(g.build(), second, { b: 'in', c: 'in' })).toThrow(/one source for node second\/in .*b and c/);
  });

  it('refuses ports of one name', () => {
    const [first, second] = [step('first', 'a', 'b'), step('second', 'c', 'a')];
    expect(() => compose(first, second, { b: 'c' })).toThrow(
      'Expected distinct names of inputs and outputs for node second but received a twice',
    );
  });
});

describe('a composed graph', () => {
  it('equals running the two one after the other', async () => {
    const [first, second] = [step('first', 'a', 'b'), step('second', 'c', 'd')];
    const between = await runGraph(first, { a: values, first_factor: two });
    const expected = await runGraph(second, { c: Float32Array.from(between['b'] as number[]), second_factor: three });
    const composed = compose(first, second, { b: 'c' });
    expect(composed.inputs.map(({ name }) => name)).toEqual(['a', 'first_factor', 'second_factor']);
    expect(await runGraph(composed, { a: values, first_factor: two, second_factor: three })).toEqual(expected);
  });

  it('keeps what is not wired', async () => {
    const [first, second] = [step('first', 'a', 'b'), step('second', 'c', 'd')];
    const composed = compose(first, second, {});
    const result = await runGraph(composed, { a: values, c: values, first_factor: two, second_factor: two });
    expect(Object.keys(result)).toEqual(['b', 'd']);
    expect(result['b']).toEqual(result['d']);
  });

  it('runs where both halves name their output alike', async () => {
    const [first, second] = [step('first', 'a', 'picture'), step('second', 'c', 'picture')];
    const between = await runGraph(first, { a: values, first_factor: two });
    const expected = await runGraph(second, { c: Float32Array.from(between['picture'] as number[]), second_factor: three });
    const composed = compose(first, second, { picture: 'c' });
    expect(await runGraph(composed, { a: values, first_factor: two, second_factor: three })).toEqual(expected);
  });

  it('runs where the same graph stands in it twice', async () => {
    const root = (from: string, to: string): Graph => {
      const g = new GraphBuilder('root');
      const x = g.input(from, 'float32', [4], 'values');
      g.output(to, g.squareRoot(g.squareRoot(x)), 'fourth root');
      return g.build();
    };
    const chain = compose(compose(root('a', 'b'), root('b', 'c'), { b: 'b' }), root('c', 'd'), { c: 'c' });
    const result = await runGraph(chain, { a: Float32Array.of(0, 1, 1, 2 ** 64) });
    expect(result).toEqual({ d: [0, 1, 1, 2] });
  });
});

describe('an input that gets another name', () => {
  const graph = (): Graph => {
    const g = new GraphBuilder('renamed');
    const x = g.input('x', 'float32', [1], 'a number');
    g.output('y', g.add(x, g.input('z', 'float32', [1], 'another')), 'their sum');
    return g.build();
  };

  it('is refused where there is none of that name, and where the new one is taken', () => {
    expect(() => renameInputs(graph(), { w: 'v' })).toThrow('Expected one of x, z for node renamed but received w');
    expect(() => renameInputs(graph(), { x: 'z' })).toThrow(
      'a new name for input x for node renamed but received z, which is taken',
    );
    expect(() => renameInputs(graph(), { x: 'v', z: 'v' })).toThrow('v, which is taken');
  });

  it('is fed under it', async () => {
    const renamed = renameInputs(graph(), { x: 'z', z: 'x' });
    expect(renamed.inputs.map(({ name }) => name)).toEqual(['z', 'x']);
    expect(await runGraph(renamed, { x: Float32Array.of(1), z: Float32Array.of(2) })).toEqual({ y: [3] });
  });
});

describe('an input of both graphs', () => {
  it('becomes one', async () => {
    const composed = compose(step('first', 'a', 'b'), step('second', 'c', 'd'), { b: 'c' });
    const merged = mergeInputs(composed, 'second_factor', 'first_factor');
    expect(merged.inputs.map(({ name }) => name)).toEqual(['a', 'first_factor']);
    const expected = await runGraph(composed, { a: values, first_factor: two, second_factor: two });
    expect(await runGraph(merged, { a: values, first_factor: two })).toEqual(expected);
  });

  it('is refused where the two are not of one kind', () => {
    const composed = compose(step('first', 'a', 'b'), step('second', 'c', 'd'), { b: 'c' });
    expect(() => mergeInputs(composed, 'second_factor', 'a')).toThrow('Expected float32 [] for node first+second/second_factor');
    expect(() => mergeInputs(composed, 'x', 'a')).toThrow('but received x');
  });
});
