import { InputError } from '../base/errors.ts';
import type { Attribute, Constant, Graph, Node, Value } from './graph.ts';

/** Refuses a foreign model. Throws an InputError. */
export function refuseModel(expected: string, received: string): never {
  throw new InputError(
    'onnx.unusable',
    `Expected ${expected} but received ${received}`,
    'Export the model again, or choose another.',
  );
}

function refuseNode({ operator }: Pick<Node, 'operator'>, detail: string): never {
  refuseModel('operators that opset 17 can say as well', [operator, detail].filter(Boolean).join(' with '));
}

/**
 * A graph of opset 18 to 21 in the terms of opset 17, which is what the lab writes. Operators whose form has changed since are written in
 * the older one, Gelu and Mish in what they are made of; whatever has no older form is refused with an InputError, so that nothing computes
 * something else than before. What changed is from the operators' schemas of ONNX.
 */
export function asOpset17(graph: Graph): Graph {
  const rewriting = new Rewriting(graph.constants);
  const nodes = graph.nodes.flatMap((node) => rewriting.rewritten(node));
  const used = new Set([...nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  // Axes that have become attributes are left over.
  return { ...graph, nodes, constants: rewriting.constants.filter(({ name }) => used.has(name)) };
}

/** What is written in the place of a node. */
type Rewrite = (node: Node, within: Rewriting) => readonly Node[];

class Rewriting {
  readonly constants: Constant[];

  constructor(constants: readonly Constant[]) {
    this.constants = [...constants];
  }

  rewritten(node: Node): readonly Node[] {
    if (unsayable.has(node.operator)) refuseNode(node, '');
    const rewrite = Object.hasOwn(rewrites, node.operator) ? rewrites[node.operator] : undefined;
    return rewrite ? rewrite(node, this) : [node];
  }

  /** Whole numbers that an input has; none where it is not given. Refused where they are not known before the model runs. */
  integers(node: Node, input: number, what: string): readonly number[] {
    const name = node.inputs[input] ?? '';
    if (name === '') return [];
    const data = this.constants.find((constant) => constant.name === name)?.data;
    if (data instanceof BigInt64Array) return Array.from(data, Number);
    return refuseNode(node, `${what} that are computed`);
  }

  /** The name of a number that every sample is computed with. */
  scalar(node: Node, label: string, value: number): string {
    const name = innerName(node, label);
    this.constants.push({ name, type: 'float32', shape: [], data: Float32Array.of(value) });
    return name;
  }
}

/** New since, and no sum of what there was that is worth its own test. */
const unsayable: ReadonlySet<string> = new Set([
  ...['AffineGrid', 'BitwiseAnd', 'BitwiseNot', 'BitwiseOr', 'BitwiseXor', 'CenterCropPad', 'Col2Im', 'DFT', 'DeformConv'],
  ...['GroupNormalization', 'ImageDecoder', 'OptionalGetElement', 'OptionalHasElement', 'RegexFullMatch'],
  ...['StringConcat', 'StringSplit'],
]);

const reductions = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map((kind) => `Reduce${kind}`);

/** Operators that have another form since; those that only take further types are left as they are. */
const rewrites: Readonly<Record<string, Rewrite>> = {
  ...Object.fromEntries(reductions.map((name) => [name, reduction])),
  // Without sizes both cut evenly; where that does not come out even, the older one ends the run instead of giving less.
  Split: without({ num_outputs: undefined }),
  Pad: (node) => {
    if ((node.inputs[3] ?? '') !== '') refuseNode(node, 'axes');
    if (node.attributes.mode === 'wrap') refuseNode(node, 'mode wrap');
    return [{ ...node, inputs: node.inputs.slice(0, 3) }];
  },
  Resize: (node, within) => {
    const { axes, coordinate_transformation_mode: mode } = node.attributes;
    if (axes !== undefined) refuseNode(node, 'axes');
    if (mode === 'half_pixel_symmetric') refuseNode(node, `coordinate_transformation_mode ${mode}`);
    return without({ antialias: 0, keep_aspect_ratio_policy: 'stretch' })(node, within);
  },
  AveragePool: pooling,
  LpPool: pooling,
  Cast: (node, within) => {
    if (Number(node.attributes.to) > lastElementCode) refuseNode(node, 'a type of fewer bits');
    return without({ saturate: 1 })(node, within);
  },
  CastLike: without({ saturate: 1 }),
  QuantizeLinear: without({ saturate: 1, block_size: 0, output_dtype: 0 }),
  DequantizeLinear: without({ block_size: 0 }),
  ScatterElements: scattering,
  ScatterND: scattering,
  GridSample: (node) => {
    const { mode } = node.attributes;
    const older = mode === 'linear' ? 'bilinear' : mode === 'cubic' ? 'bicubic' : mode;
    return [{ ...node, attributes: { ...node.attributes, ...(older === undefined ? {} : { mode: older }) } }];
  },
  Gelu: gelu,
  Mish: (node) => {
    const [x] = node.inputs as [string];
    const steps = new Steps(node);
    return steps.ending('Mul', [x, steps.add('Tanh', [steps.add('Softplus', [x])])]);
  },
};

/** The highest code of an element type that opset 17 has: bfloat16. */
const lastElementCode = 16;

/** Leaves attributes out that opset 17 does not have, where they ask for what it does anyway; undefined stands for any value. */
function without(asBefore: Readonly<Record<string, Attribute | undefined>>): Rewrite {
  return (node) => {
    for (const [name, value] of Object.entries(asBefore)) {
      const own = node.attributes[name];
      if (own !== undefined && value !== undefined && own !== value) refuseNode(node, `${name} ${String(own)}`);
    }
    const kept = Object.entries(node.attributes).filter(([name]) => !Object.hasOwn(asBefore, name));
    return [{ ...node, attributes: Object.fromEntries(kept) }];
  };
}

/** Axes were an attribute, and without any all of them were meant. */
function reduction(node: Node, within: Rewriting): readonly Node[] {
  const { noop_with_empty_axes: isNothing, axes: own, ...attributes } = node.attributes;
  const axes = Array.isArray(own) ? own : within.integers(node, 1, 'axes');
  if (axes.length === 0 && isNothing === 1) refuseNode(node, 'noop_with_empty_axes and no axes');
  return [{ ...node, inputs: node.inputs.slice(0, 1), attributes: { ...attributes, ...(axes.length > 0 ? { axes } : {}) } }];
}

function pooling(node: Node): readonly Node[] {
  const { dilations, ceil_mode: isRoundedUp, ...attributes } = node.attributes;
  if (Array.isArray(dilations) && dilations.some((step) => step !== 1)) refuseNode(node, 'dilations');
  // What counts at a border that is rounded up is another number since.
  if (isRoundedUp === 1) refuseNode(node, 'ceil_mode 1');
  return [{ ...node, attributes }];
}

function scattering(node: Node): readonly Node[] {
  const { reduction: kind } = node.attributes;
  if (kind === 'max' || kind === 'min') refuseNode(node, `reduction ${kind}`);
  return [node];
}

/** The definition of ONNX, of either kind. */
function gelu(node: Node, within: Rewriting): readonly Node[] {
  const [x] = node.inputs as [string];
  const steps = new Steps(node);
  const number = (label: string, value: number): string => within.scalar(node, label, value);
  const times = (a: string, b: string): string => steps.add('Mul', [a, b]);
  const isTanh = node.attributes.approximate === 'tanh';
  const inner = isTanh
    ? times(
        steps.add('Add', [x, times(times(times(x, x), x), number('cubic', 0.044715))]),
        number('scale', Math.sqrt(2 / Math.PI)),
      )
    : times(x, number('scale', Math.SQRT1_2));
  const curve = steps.add('Add', [steps.add(isTanh ? 'Tanh' : 'Erf', [inner]), number('one', 1)]);
  return steps.ending('Mul', [times(x, number('half', 0.5)), curve]);
}

function innerName({ name }: Pick<Node, 'name'>, label: string): string {
  return `${name} as opset 17/${label}`;
}

/** Nodes in the place of one, each of one input's shape. */
class Steps {
  readonly #node: Node;
  readonly #nodes: Node[] = [];

  constructor(node: Node) {
    this.#node = node;
  }

  /** Adds a node and gives the name of what it makes. */
  add(operator: string, inputs: readonly string[]): string {
    const name = innerName(this.#node, String(this.#nodes.length + 1));
    const [made] = this.#node.outputs as readonly [Value];
    this.#nodes.push({ name, operator, inputs, outputs: [{ ...made, name }], attributes: {} });
    return name;
  }

  /** All nodes, with the last one, which makes what the replaced one made. */
  ending(operator: string, inputs: readonly string[]): readonly Node[] {
    return [...this.#nodes, { ...this.#node, operator, inputs, attributes: {} }];
  }
}
