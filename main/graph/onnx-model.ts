import { createHash } from 'node:crypto';
import onnxProto from 'onnx-proto';
import type { Attribute, Constant, Graph, Node, Port } from './graph.ts';
import { onnxElementCodes } from './tensor-type.ts';

const { onnx } = onnxProto;

/** ONNX IR version and operator set of every model that the lab writes. */
export const onnxVersions = { ir: 8, opset: 17 } as const;

/** A graph as ONNX bytes, with the content hash by which sessions are cached and telemetry names what made a frame. */
export interface OnnxModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string;
}

/** What an exported model says of itself beside its ports. */
export interface OnnxDescription {
  /** What it computes, for a person: the model's `doc_string`. */
  readonly text: string;
  /** Entries of the model's `metadata_props`, for programs. */
  readonly properties: Readonly<Record<string, string>>;
}

/** Writes a graph as an ONNX model. The same graph and description always give the same bytes. */
export function writeOnnxModel(graph: Graph, description?: OnnxDescription): OnnxModel {
  const model = onnx.ModelProto.create({
    irVersion: onnxVersions.ir,
    producerName: 'camera-lab',
    opsetImport: [{ domain: '', version: onnxVersions.opset }],
    ...(description ? { docString: description.text, metadataProps: entriesOf(description) } : {}),
    graph: {
      name: graph.name,
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      initializer: graph.constants.map(tensor),
      node: graph.nodes.map(node),
    },
  });
  const bytes = Uint8Array.from(onnx.ModelProto.encode(model).finish());
  return { bytes, hash: createHash('sha256').update(bytes).digest('hex') };
}

function entriesOf({ properties }: OnnxDescription): { readonly key: string; readonly value: string }[] {
  return Object.entries(properties).map(([key, value]) => ({ key, value }));
}

function valueInfo(port: Port): InstanceType<typeof onnx.ValueInfoProto> {
  const dim = port.shape.map((extent) => (typeof extent === 'string' ? { dimParam: extent } : { dimValue: extent }));
  return onnx.ValueInfoProto.create({
    name: port.name,
    docString: port.help,
    type: { tensorType: { elemType: onnxElementCodes[port.type], shape: { dim } } },
  });
}

function tensor(constant: Constant): InstanceType<typeof onnx.TensorProto> {
  const { data } = constant;
  return onnx.TensorProto.create({
    name: constant.name,
    dims: constant.shape.map(Number),
    dataType: onnxElementCodes[constant.type],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

function node(source: Node): InstanceType<typeof onnx.NodeProto> {
  return onnx.NodeProto.create({
    name: source.name,
    opType: source.operator,
    input: [...source.inputs],
    output: source.outputs.map((output) => output.name),
    attribute: Object.entries(source.attributes).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: Attribute): InstanceType<typeof onnx.AttributeProto> {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'number') return onnx.AttributeProto.create({ name, type: AttributeType.INT, i: value });
  if (typeof value === 'string') {
    return onnx.AttributeProto.create({ name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if ('float' in value) return onnx.AttributeProto.create({ name, type: AttributeType.FLOAT, f: value.float });
  return onnx.AttributeProto.create({ name, type: AttributeType.INTS, ints: [...value] });
}
