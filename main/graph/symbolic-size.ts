import type { Constant, Graph, Node, Port, Value } from './graph.ts';
import { onnxElementCodes, type Shape } from './tensor-type.ts';

/** A graph as it was written for frames of one size. */
export interface SizedGraph {
  readonly width: number;
  readonly height: number;
  readonly graph: Graph;
}

/** Names of the extents of a frame in a graph for every size. */
export const sizeNames = { rows: 'rows', columns: 'columns' } as const;

/** (constant + rows * height + columns * width + area * height * width) / divisor, all whole. */
interface Extent {
  readonly constant: number;
  readonly rows: number;
  readonly columns: number;
  readonly area: number;
  readonly divisor: number;
}

/**
 * Sizes of frames that {@link symbolicGraph} has to see a graph at, all multiples of `multiple`. The first four are the corners of a
 * rectangle, from which every extent's formula follows; it has to hold for the others, which are odd multiples too.
 */
export function probeSizes(multiple: number): { readonly width: number; readonly height: number }[] {
  const corners = [97, 108].flatMap((rows) => [101, 120].map((columns) => [rows, columns] as const));
  const sizes = [...corners, [130, 111] as const, [141, 149] as const, [1083, 1925] as const];
  return sizes.map(([rows, columns]) => ({ width: columns * multiple, height: rows * multiple }));
}

/**
 * One graph for frames of every size, from what the same author wrote for the {@link probeSizes}: where all that differs are
 * integers that are linear in height, width and their product, such as the shapes of Reshape, and ramps that count 0, 1, 2… along one
 * axis up to such an extent, these are computed from the shape of the input `port` [frames, rows, columns, …] when the graph runs.
 * Undefined where anything else differs: other tables, weights, operators.
 */
export function symbolicGraph(probes: readonly SizedGraph[], port: string): Graph | undefined {
  const graphs = probes.map(({ graph }) => graph);
  const [first] = graphs;
  if (!first || !graphs.every((graph) => hasStructureOf(first, graph))) return undefined;
  const kept: Constant[] = [];
  const computed: { readonly constant: Constant; readonly extents: readonly Extent[]; readonly isRamp: boolean }[] = [];
  for (const [index, constant] of first.constants.entries()) {
    const versions = graphs.map(({ constants }) => constants[index] as Constant);
    if (versions.every((version) => isSame(version, constant))) {
      kept.push(constant);
      continue;
    }
    const ramp = rampExtentOf(versions, probes);
    const extents = ramp ? [ramp] : extentsOf(versions, probes);
    if (!extents) return undefined;
    computed.push({ constant, extents, isRamp: ramp !== undefined });
  }
  const ports = (of: 'inputs' | 'outputs'): Port[] | undefined => symbolicPorts(graphs, of, probes);
  const [inputs, outputs] = [ports('inputs'), ports('outputs')];
  if (!inputs || !outputs) return undefined;
  const arithmetic = new SizeArithmetic(port);
  for (const { constant, extents, isRamp } of computed) {
    if (isRamp) arithmetic.ramp(constant, extents[0] as Extent);
    else arithmetic.vector(constant, extents);
  }
  const { nodes, constants } = arithmetic;
  return { ...first, inputs, outputs, constants: [...constants, ...kept], nodes: [...nodes, ...first.nodes] };
}

function hasStructureOf(a: Graph, b: Graph): boolean {
  const namesOf = (list: readonly Value[]): string => list.map(({ name, type }) => `${name}:${type}`).join();
  const structure = ({ inputs, outputs, constants, nodes }: Graph): string[] => [
    namesOf(inputs),
    namesOf(outputs),
    namesOf(constants),
    ...nodes.map((node) => JSON.stringify([node.operator, node.inputs, namesOf(node.outputs), node.attributes])),
  ];
  const [ofA, ofB] = [structure(a), structure(b)];
  return ofA.length === ofB.length && ofA.every((line, index) => line === ofB[index]);
}

function isSame(a: Constant, b: Constant): boolean {
  if (a.data.length !== b.data.length || String(a.shape) !== String(b.shape)) return false;
  return a.data.every((value: number | bigint, index: number) => value === b.data[index]);
}

/** The only axis of a constant that is longer than 1. */
function longAxis({ shape }: Constant): number | undefined {
  const long = shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  return long.length === 1 ? long[0] : undefined;
}

/** The length of a ramp along one axis; undefined for anything else. */
function rampExtentOf(versions: readonly Constant[], probes: readonly SizedGraph[]): Extent | undefined {
  const [first] = versions;
  const axis = first && longAxis(first);
  if (axis === undefined || (first?.type !== 'float32' && first?.type !== 'int64')) return undefined;
  const isRamp = versions.every((version) => {
    const counts = version.data.every((value: number | bigint, index: number) => Number(value) === index);
    return counts && version.shape.length === first.shape.length && longAxis(version) === axis;
  });
  if (!isRamp) return undefined;
  return extentOf(
    versions.map(({ data }) => data.length),
    probes,
  );
}

/** Formulas of every element of a vector of integers; undefined for anything else and where one has none. */
function extentsOf(versions: readonly Constant[], probes: readonly SizedGraph[]): Extent[] | undefined {
  const [first] = versions;
  if (first?.type !== 'int64' || first.shape.length !== 1) return undefined;
  if (versions.some(({ data }) => data.length !== first.data.length)) return undefined;
  const extents = Array.from({ length: first.data.length }, (_, element) =>
    extentOf(
      versions.map(({ data }) => Number(data[element])),
      probes,
    ),
  );
  return extents.every((extent) => extent !== undefined) ? (extents as Extent[]) : undefined;
}

/** The formula that a whole number follows over the probes' sizes. */
function extentOf(values: readonly number[], probes: readonly SizedGraph[]): Extent | undefined {
  const at = (index: number): number => values[index] as number;
  const [near, far] = [probes[0], probes[3]] as [SizedGraph, SizedGraph];
  const [rowStep, columnStep] = [far.height - near.height, far.width - near.width];
  const area = (at(3) - at(2) - at(1) + at(0)) / (rowStep * columnStep);
  const rows = (at(2) - at(0)) / rowStep - area * near.width;
  const columns = (at(1) - at(0)) / columnStep - area * near.height;
  const constant = at(0) - rows * near.height - columns * near.width - area * near.height * near.width;
  for (const divisor of [1, 2, 4, 8, 16]) {
    const whole = (share: number): number => Math.round(share * divisor) + 0;
    const extent = { constant: whole(constant), rows: whole(rows), columns: whole(columns), area: whole(area), divisor };
    if (probes.every((probe, index) => extentAt(extent, probe) === at(index))) return extent;
  }
  return undefined;
}

function extentAt(
  { constant, rows, columns, area, divisor }: Extent,
  { width, height }: Pick<SizedGraph, 'width' | 'height'>,
): number {
  return (constant + rows * height + columns * width + area * height * width) / divisor;
}

/** Ports with names for the extents that differ: those of the frame where they are its own. */
function symbolicPorts(graphs: readonly Graph[], of: 'inputs' | 'outputs', probes: readonly SizedGraph[]): Port[] | undefined {
  const [first] = graphs as [Graph];
  const ports = first[of].map((port, index) => {
    const shapes = graphs.map((graph) => graph[of][index]?.shape ?? []);
    if (shapes.some((shape) => shape.length !== port.shape.length)) return undefined;
    return { ...port, shape: symbolicShape(shapes, probes, port.name) };
  });
  return ports.every((port) => port !== undefined) ? (ports as Port[]) : undefined;
}

/** Extents of one name are equal in ONNX, so other ones are named after their port. */
function symbolicShape(shapes: readonly Shape[], probes: readonly SizedGraph[], port: string): Shape {
  return (shapes[0] as Shape).map((extent, axis) => {
    const seen = shapes.map((shape) => shape[axis]);
    if (seen.every((other) => other === extent)) return extent;
    if (seen.every((other, index) => other === probes[index]?.height)) return sizeNames.rows;
    if (seen.every((other, index) => other === probes[index]?.width)) return sizeNames.columns;
    return `${port}_${axis}`;
  });
}

/** Writes the integer arithmetic that stands before a graph; each term once. */
class SizeArithmetic {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly #port: string;
  readonly #made = new Set<string>();

  constructor(port: string) {
    this.#port = port;
  }

  /** Computes a vector under the name of the constant whose place it takes. */
  vector({ name, shape }: Constant, extents: readonly Extent[]): void {
    const elements = extents.map((extent) => this.#extent(extent));
    this.nodes.push({
      name,
      operator: 'Concat',
      inputs: elements,
      outputs: [{ name, type: 'int64', shape }],
      attributes: { axis: 0 },
    });
  }

  /** Counts along the constant's long axis, under its name. */
  ramp({ name, type, shape }: Constant, extent: Extent): void {
    const [zero, one] = [this.#number(0), this.#number(1)];
    const scalar = (of: string): string => this.#node(`scalar(${this.#short(of)})`, 'Reshape', [of, this.#list('none', [])], []);
    const limits = [zero, this.#extent(extent), one].map(scalar);
    const counted = this.#node(`Range(${this.#short(limits[1] as string)})`, 'Range', limits, ['counted']);
    const target = this.#list(
      `along(${shape.length},${longAxis({ name, type, shape } as Constant)})`,
      shape.map((other) => (other === 1 ? 1 : -1)),
    );
    const cast = `${name}/cast`;
    const value = { type, shape };
    this.nodes.push({
      name: cast,
      operator: 'Cast',
      inputs: [counted],
      outputs: [{ name: cast, ...value }],
      attributes: { to: onnxElementCodes[type] },
    });
    this.nodes.push({ name, operator: 'Reshape', inputs: [cast, target], outputs: [{ name, ...value }], attributes: {} });
  }

  #extent({ constant, rows, columns, area, divisor }: Extent): string {
    const [height, width] = [this.#axis(1), this.#axis(2)];
    const scaled = (factor: number, value: () => string): string[] => {
      if (factor === 0) return [];
      return [factor === 1 ? value() : this.#operation('Mul', value(), this.#number(factor))];
    };
    const terms = [
      ...scaled(rows, () => height),
      ...scaled(columns, () => width),
      ...scaled(area, () => this.#operation('Mul', height, width)),
      ...(constant === 0 ? [] : [this.#number(constant)]),
    ];
    const sum = terms.length === 0 ? this.#number(0) : terms.reduce((a, b) => this.#operation('Add', a, b));
    return divisor === 1 ? sum : this.#operation('Div', sum, this.#number(divisor));
  }

  #axis(axis: number): string {
    const shape = this.#node('shape', 'Shape', [this.#port], [4]);
    return this.#node(`axis_${axis}`, 'Gather', [shape, this.#number(axis)], [1], { axis: 0 });
  }

  #operation(operator: string, a: string, b: string): string {
    return this.#node(`${operator}(${this.#short(a)},${this.#short(b)})`, operator, [a, b]);
  }

  #short(name: string): string {
    return name.replace(/^frame_size\//, '');
  }

  #number(value: number): string {
    return this.#list(String(value), [value]);
  }

  #list(short: string, values: readonly number[]): string {
    const name = `frame_size/${short}`;
    if (!this.#made.has(name)) {
      this.#made.add(name);
      this.constants.push({ name, type: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });
    }
    return name;
  }

  #node(short: string, operator: string, inputs: string[], shape: Shape = [1], attributes: Node['attributes'] = {}): string {
    const name = `frame_size/${short}`;
    if (this.#made.has(name)) return name;
    this.#made.add(name);
    this.nodes.push({ name, operator, inputs, outputs: [{ name, type: 'int64', shape }], attributes });
    return name;
  }
}
