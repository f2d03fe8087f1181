import type { Constant, Graph, Node } from '../graph/graph.ts';
import type { ComputedField, Expression, Field, MaskField, MosaicField, ProductField } from './expression.ts';
import { ExpressionPool } from './expression-pool.ts';
import {
  broadcastDims,
  broadcastPlane,
  hasRaster,
  type RasterTensor,
  rasterOf,
  type TensorKind,
  tensorOf,
} from './raster-tensor.ts';
import { unsupported } from './unsupported.ts';

/** Most elements of a tensor that the kernel reads one by one. */
const mostElements = 4096;

/** A mask before its rows and columns are known. */
export interface ListedPlaces {
  readonly count: number;
  readonly places: string;
  readonly counts: string;
}

/** What the mosaic's rows are until they are padded. */
export interface PlaneInput {
  readonly name: string;
  readonly width: number;
}

/** What is known of a graph's values while its nodes are translated, in their order, into tensors of planes. */
export class Lowering {
  readonly pool = new ExpressionPool();
  readonly #graph: Graph;
  readonly #planes: ReadonlySet<string>;
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #tensors = new Map<string, RasterTensor>();
  readonly #listed = new Map<string, ListedPlaces>();
  readonly #inputsAsTheyAre = new Map<string, PlaneInput>();
  #fields = 0;

  /** `planes` are the names of inputs with one sample for each position of the mosaic. */
  constructor(graph: Graph, planes: readonly string[]) {
    this.#graph = graph;
    this.#planes = new Set(planes);
    this.#constants = new Map(graph.constants.map((constant) => [constant.name, constant]));
    for (const { name, type, shape } of graph.inputs) {
      if (!this.#planes.has(name)) continue;
      if (type !== 'uint16') throw unsupported(name, 'samples of uint16', type);
      this.#inputsAsTheyAre.set(name, { name, width: Number(shape.at(-1)) });
    }
  }

  /** The tensor under a name; an input or a constant that is the same for all pixels becomes one here. */
  tensor(node: string, name: string): RasterTensor {
    const known = this.#tensors.get(name) ?? this.#uniform(node, name);
    this.#tensors.set(name, known);
    return known;
  }

  /** Keeps a tensor under the name that later nodes read it by. */
  define(name: string, tensor: RasterTensor): void {
    this.#tensors.set(name, tensor);
  }

  /** The tensors of a node's inputs. */
  operands(node: Node): readonly RasterTensor[] {
    return node.inputs.map((name) => this.tensor(node.name, name));
  }

  /** The elements of a constant, as numbers. */
  numbers(node: Node, input: number): readonly number[] {
    const constant = this.#constants.get(node.inputs[input] as string);
    if (!constant) throw unsupported(node.name, `a constant as input ${input}`, String(node.inputs[input]));
    return Array.from(constant.data, Number);
  }

  /** Extents of a node's output; a kernel has no open ones. */
  shape(node: Node): readonly number[] {
    return (node.outputs[0]?.shape ?? []).map((extent) => {
      if (typeof extent === 'number') return extent;
      throw unsupported(node.name, 'a fixed shape', `[${node.outputs[0]?.shape.join(', ')}]`);
    });
  }

  /** Extents of an input, which may be of any size. */
  shapeOfInput(name: string): readonly number[] | undefined {
    return this.#graph.inputs.find((port) => port.name === name)?.shape.map(Number);
  }

  /** A plane input as it enters, before it is padded. */
  planeInput(name: string): PlaneInput | undefined {
    return this.#inputsAsTheyAre.get(name);
  }

  /** Passes a plane input on under another name: samples become float where they are read. */
  passOn(input: PlaneInput, name: string): void {
    this.#inputsAsTheyAre.set(name, input);
  }

  listed(name: string): ListedPlaces | undefined {
    return this.#listed.get(name);
  }

  list(name: string, places: ListedPlaces): void {
    this.#listed.set(name, places);
  }

  isConstant(name: string): boolean {
    return this.#constants.has(name);
  }

  /** A new field of the raster that `tensor` lies on. */
  field(
    name: string,
    raster: { readonly rows: number; readonly columns: number },
    parts: ComputedField | MosaicField | MaskField | ProductField,
  ): Field {
    this.#fields += 1;
    return { ...parts, id: this.#fields, name, ...raster };
  }

  /** What a node computes, pixel by pixel, from its inputs: a new field, or what is the same for all pixels as it is. */
  elementwise(
    node: Node,
    kind: TensorKind,
    operands: readonly RasterTensor[],
    compute: (...planes: readonly Expression[]) => Expression,
  ): RasterTensor {
    const dims = broadcastDims(node.name, operands);
    const made = tensorOf(kind, dims, (indices) => compute(...operands.map((operand) => broadcastPlane(operand, indices))));
    return this.computed(node.name, made);
  }

  /** A tensor whose planes are computed, as samples of a field of its own. */
  computed(name: string, tensor: RasterTensor, isShared = false): RasterTensor {
    if (!hasRaster(tensor)) return tensor;
    const field = this.field(name, rasterOf(tensor), { kind: 'computed', planes: tensor.planes, isShared });
    const planes = tensor.planes.map((plane, index) =>
      plane.kind === 'constant' ? plane : this.pool.sample(field, index, { rows: 0, columns: 0 }),
    );
    return { ...tensor, planes };
  }

  #uniform(node: string, name: string): RasterTensor {
    const constant = this.#constants.get(name);
    const value = constant ?? this.#graph.inputs.find((port) => port.name === name);
    if (!value || this.#planes.has(name)) throw unsupported(node, 'a tensor that is the same for all pixels', name);
    const shape = value.shape.map(Number);
    const count = shape.reduce((product, extent) => product * extent, 1);
    if (!(count <= mostElements)) throw unsupported(node, `at most ${mostElements} elements in ${name}`, String(count));
    const planes = Array.from({ length: count }, (_, element) =>
      constant ? this.pool.constant(Number(constant.data[element])) : this.pool.uniform(name, element),
    );
    return { kind: 'float32', dims: shape.map((size) => (size === 1 ? [] : [{ axis: 'plane', size }])), planes };
  }
}
