import onnxProto from 'onnx-proto';
import type { Value } from '../../main/graph/graph.ts';
import { type ElementType, onnxElementCodes, type Shape } from '../../main/graph/tensor-type.ts';

const { onnx } = onnxProto;

/** An attribute as it stands in the file; `type` is 1 for a float, 2 for an integer, 3 for a text, 6 for floats, 7 for integers. */
export interface RawAttribute {
  readonly name: string;
  readonly type: number;
  readonly i?: number;
  readonly f?: number;
  readonly s?: Uint8Array;
  readonly ints?: number[];
  readonly floats?: number[];
}

/** An attribute of the kind that its value has: a text, whole numbers, or one whole number. */
export function attribute(name: string, value: string | number | readonly number[]): RawAttribute {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  return typeof value === 'number' ? { name, type: 2, i: value } : { name, type: 7, ints: [...value] };
}

/** A node as it stands in the file, whether ONNX knows it or not. */
export interface RawNode {
  readonly name?: string;
  readonly opType: string;
  readonly domain?: string;
  readonly input: string[];
  readonly output: string[];
  readonly attribute?: RawAttribute[];
}

/** A model of nodes that nobody has checked, such as the graph builder would refuse. */
export interface RawModel {
  readonly nodes: readonly RawNode[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly ir?: number;
  readonly opset?: number;
  /** A further operator set that the model names. */
  readonly domain?: string;
}

/** A port in one line. */
export function port(name: string, type: ElementType, shape: Shape): Value {
  return { name, type, shape };
}

/** The bytes of such a model. */
export function onnxBytes({ nodes, inputs, outputs, ir = 8, opset = 17, domain }: RawModel): Uint8Array<ArrayBuffer> {
  const info = ({ name, type, shape }: Value) => ({
    name,
    type: {
      tensorType: {
        elemType: onnxElementCodes[type],
        shape: { dim: shape.map((extent) => (typeof extent === 'string' ? { dimParam: extent } : { dimValue: extent })) },
      },
    },
  });
  const model = onnx.ModelProto.create({
    irVersion: ir,
    opsetImport: [{ domain: '', version: opset }, ...(domain === undefined ? [] : [{ domain, version: 1 }])],
    graph: { name: 'raw', input: inputs.map(info), output: outputs.map(info), node: nodes.map((node) => ({ ...node })) },
  });
  return Uint8Array.from(onnx.ModelProto.encode(model).finish());
}
