import type { ParameterValues } from '../../preload/contract.ts';
import { assert } from '../base/errors.ts';
import { compose } from '../graph/composition.ts';
import type { Graph, Port, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import type { InputValues } from '../processor/stage.ts';
import type { ExportParameter } from './export-parameter.ts';

/** What a stage's graph is fed with, as a function of its parameters. */
export interface ParametricInputs {
  /** Numbers within a range that act at run time. */
  readonly parameters: readonly ExportParameter[];
  /** Values of all parameters of the stage to start from. */
  readonly values: ParameterValues;
  /** The graph inputs of a set of values. Pure and smooth between the ends of every parameter. */
  inputsOf(values: ParameterValues): InputValues;
}

/** A graph whose inputs are parameters, and those parameters that have a way into it. */
export interface ParametricGraph {
  readonly graph: Graph;
  readonly parameters: readonly ExportParameter[];
}

/** Most points of a table along one parameter, and along each of two. */
const finest = { 1: 257, 2: 65 } as const;

/** Largest error of an interpolated graph input, as a share of its largest value: far less than shows in 8 bits. */
const nearness = 5e-5;

/** Places in a parameter's range, from 0 to 1, at which an effect is looked for; none is in the middle of others. */
const samplePlaces = [0, 0.137, 0.411, 0.73, 1] as const;

/**
 * Puts the way from parameters to graph inputs into the graph itself, so that whoever runs it needs no code of the lab. An input that
 * depends on no parameter becomes a constant; others, of one or two parameters, are interpolated in a table as fine as they need,
 * which is exact where they are linear. `graph` keeps its inputs that `inputsOf` does not make.
 */
export function withParameterInputs(graph: Graph, given: ParametricInputs): ParametricGraph {
  const made = { ...given, inputsOf: remembered(given) };
  const base = made.inputsOf(made.values);
  const dependent = new Map<Port, readonly ExportParameter[]>();
  const constants: { readonly port: Port; readonly data: Float32Array }[] = [];
  for (const port of graph.inputs) {
    const data = base[port.name];
    if (!data) continue;
    const parameters = dependenciesOf(port.name, made);
    if (parameters.length === 0) constants.push({ port, data });
    else dependent.set(port, parameters);
  }
  const fixed = new Set(constants.map(({ port }) => port.name));
  const bound: Graph = {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !fixed.has(name)),
    constants: [...graph.constants, ...constants.map(({ port: { help: _, ...value }, data }) => ({ ...value, data }))],
  };
  const used = made.parameters.filter((parameter) => [...dependent.values()].some((list) => list.includes(parameter)));
  if (used.length === 0) return { graph: bound, parameters: [] };
  const front = frontOf(used, dependent, made);
  const wiring = Object.fromEntries([...dependent.keys()].map(({ name }) => [`${name}_made`, name]));
  return { graph: { ...compose(front, bound, wiring), name: graph.name }, parameters: used };
}

/** Several inputs are sampled at the same values, which may take a fit each. */
function remembered({ inputsOf }: ParametricInputs): ParametricInputs['inputsOf'] {
  const known = new Map<string, InputValues>();
  return (values) => {
    const key = JSON.stringify(values);
    const made = known.get(key) ?? inputsOf(values);
    known.set(key, made);
    return made;
  };
}

function dependenciesOf(name: string, made: ParametricInputs): ExportParameter[] {
  const { parameters, values } = made;
  const base = String(made.inputsOf(values)[name]);
  return parameters.filter((parameter) =>
    samplePlaces.some((place) => String(made.inputsOf({ ...values, [parameter.name]: at(parameter, place) })[name]) !== base),
  );
}

/** The value at a place of a parameter's range, 0 to 1. */
function at({ minimum = 0, maximum = 0 }: ExportParameter, place: number): number {
  return minimum + place * (maximum - minimum);
}

function frontOf(
  used: readonly ExportParameter[],
  dependent: ReadonlyMap<Port, readonly ExportParameter[]>,
  made: ParametricInputs,
): Graph {
  const g = new GraphBuilder('parameters');
  const values = new Map(used.map((parameter) => [parameter, g.input(parameter.name, 'float32', [], helpOf(parameter))]));
  for (const [port, parameters] of dependent) {
    const sample = (places: readonly number[]): Float32Array => {
      const changed = parameters.map((parameter, index) => [parameter.name, at(parameter, places[index] as number)] as const);
      return made.inputsOf({ ...made.values, ...Object.fromEntries(changed) })[port.name] as Float32Array;
    };
    const places = parameters.map((parameter) => {
      const low = g.scalar(at(parameter, 0));
      const span = g.scalar(at(parameter, 1) - at(parameter, 0));
      return g.divide(g.subtract(values.get(parameter) as Value, low), span);
    });
    const flat = interpolated(g, places, sample);
    g.output(`${port.name}_made`, g.reshape(flat, port.shape.map(Number)), port.help);
  }
  return g.build();
}

/** The unit and help of a parameter in one line, as every port of a graph has it. */
function helpOf({ label, unit, help }: ExportParameter): string {
  return `${label}${unit === undefined ? '' : ` in ${unit}`}: ${help}`;
}

type Sample = (places: readonly number[]) => Float32Array;

/** Values of a graph input at the points of a grid over one or two places from 0 to 1, the second place running fastest. */
interface Table {
  /** Points along each place. */
  readonly size: number;
  readonly rows: readonly Float32Array[];
}

/** The coarsest grid between whose points linear interpolation comes near enough: at the middle of every cell, where it is worst. */
function tableOf(count: number, sample: Sample): Table {
  let table = tableAt(2, count, sample);
  while (table.size < finest[count === 2 ? 2 : 1]) {
    const finer = tableAt(2 * table.size - 1, count, sample);
    if (isNear(table, finer, count)) return table;
    table = finer;
  }
  return table;
}

function tableAt(size: number, count: number, sample: Sample): Table {
  const along = Array.from({ length: size }, (_, index) => index / (size - 1));
  const points = count === 2 ? along.flatMap((a) => along.map((b) => [a, b])) : along.map((a) => [a]);
  return { size, rows: points.map(sample) };
}

function isNear({ size, rows }: Table, finer: Table, count: number): boolean {
  const row = (a: number, b: number): Float32Array => rows[count === 2 ? a * size + b : a] as Float32Array;
  const scale = rows.reduce((most, values) => values.reduce((m, value) => Math.max(m, Math.abs(value)), most), 1e-6);
  return finer.rows.every((values, index) => {
    const [a, b] = count === 2 ? [Math.floor(index / finer.size), index % finer.size] : [index, 0];
    const [low, high] = [row(a >> 1, b >> 1), row((a + 1) >> 1, (b + 1) >> 1)];
    const [left, right] = [row(a >> 1, (b + 1) >> 1), row((a + 1) >> 1, b >> 1)];
    return values.every((value, element) => {
      const corners = [low, high, left, right].map((corner) => corner[element] as number);
      const mean = corners.reduce((sum, corner) => sum + corner, 0) / 4;
      return Math.abs(value - mean) <= nearness * scale;
    });
  });
}

/** Linear interpolation between the entries of a table; of two parameters, along the second one first. */
function interpolated(g: GraphBuilder, places: readonly Value[], sample: Sample): Value {
  const [first, second] = places as readonly [Value, Value?];
  assert(places.length <= 2, `Expected a graph input of one or two parameters but received one of ${places.length}`);
  const { size, rows } = tableOf(places.length, sample);
  const entries = rows.flatMap((row) => [...row]);
  const table = g.constant('float32', entries, [rows.length, entries.length / rows.length]);
  const cellOf = (place: Value): { cell: Value; share: Value } => {
    const position = g.multiply(g.clip(place, g.scalar(0), g.scalar(1)), g.scalar(size - 1));
    const cell = g.minimum(g.floor(position), g.scalar(size - 2));
    return { cell, share: g.subtract(position, cell) };
  };
  const entry = (index: Value, step: number): Value => g.gather(table, g.cast(g.add(index, g.scalar(step)), 'int32'), 0);
  const between = (low: Value, high: Value, share: Value): Value => g.add(low, g.multiply(g.subtract(high, low), share));
  const a = cellOf(first);
  if (!second) return between(entry(a.cell, 0), entry(a.cell, 1), a.share);
  const b = cellOf(second);
  const corner = g.add(g.multiply(a.cell, g.scalar(size)), b.cell);
  const along = (step: number): Value => between(entry(corner, step), entry(corner, step + 1), b.share);
  return between(along(0), along(size), a.share);
}
