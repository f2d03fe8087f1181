import onnxProto from 'onnx-proto';
import type { Attribute, Constant, ConstantData, Graph, Node, Port } from './graph.ts';
import { asOpset17, refuseModel } from './older-opset.ts';
import { onnxVersions } from './onnx-model.ts';
import { type ElementType, onnxElementCodes, type Shape } from './tensor-type.ts';

const { onnx } = onnxProto;

/** Reductions, Squeeze and Unsqueeze take their axes as inputs since this operator set, as they do in the lab's. */
const oldestOpset = 13;

/** Beyond the lab's own operator set, models are written in its terms, see `asOpset17`. */
const newestOpset = 21;

/**
 * Reads a foreign ONNX model as a graph, so that it can become a part of the lab's own. Shapes of inner values are left open. Refuses
 * with InputError what cannot be carried over: other operator sets, operators that the lab's own set has no form of, other domains, control
 * flow, external weights, unknown types.
 */
export function readOnnxGraph(bytes: Uint8Array): Graph {
  const model = decodeModel(bytes);
  let opset: number = onnxVersions.opset;
  for (const { domain, version } of model.opsetImport) {
    const number = Number(version);
    if (domain) refuseModel('operators of the standard only', `operators of ${domain}`);
    if (number < oldestOpset || number > newestOpset) {
      refuseModel(`an ONNX model of opset ${oldestOpset} to ${newestOpset}`, `opset ${number}`);
    }
    opset = number;
  }
  const graph = model.graph;
  if (!graph?.node || graph.node.length === 0) refuseModel('an ONNX model with operators', 'one without');
  const initializers = (graph.initializer ?? []) as Tensor[];
  const constants = initializers.map((tensor) => constantFrom(tensor.name ?? '', tensor));
  const weights = new Set(constants.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const [index, node] of graph.node.entries()) {
    const name = node.output?.[0] ?? `node ${index}`;
    if (node.domain) refuseModel('operators of the standard only', `${node.opType} of ${node.domain}`);
    const constant = node.opType === 'Constant' ? constantOfNode(name, (node.attribute ?? []) as AttributeProto[]) : undefined;
    if (constant) {
      constants.push(constant);
      continue;
    }
    const attributes = (node.attribute ?? []).map(
      (attribute) => [attribute.name ?? '', attributeFrom(name, attribute as AttributeProto)] as const,
    );
    const outputs = (node.output ?? []).map((output) => ({ name: output, type: 'float32' as const, shape: ['open'] }));
    const inputs = [...(node.input ?? [])];
    nodes.push({ name, operator: node.opType ?? '', inputs, outputs, attributes: Object.fromEntries(attributes) });
  }
  const ports = (list: readonly unknown[] | null | undefined): Port[] => (list ?? []).map((info) => portFrom(info as ValueInfo));
  const inputs = ports(graph.input).filter(({ name }) => !weights.has(name));
  const read = { name: graph.name || 'model', inputs, outputs: ports(graph.output), constants, nodes };
  return opset > onnxVersions.opset ? asOpset17(read) : read;
}

type Tensor = InstanceType<typeof onnx.TensorProto>;
type ValueInfo = InstanceType<typeof onnx.ValueInfoProto>;
type AttributeProto = InstanceType<typeof onnx.AttributeProto>;

function decodeModel(bytes: Uint8Array): InstanceType<typeof onnx.ModelProto> {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (thrown) {
    return refuseModel('an ONNX model', `bytes that are none (${(thrown as Error).message})`);
  }
}

function typeFrom(name: string, code: number | null | undefined): ElementType {
  const found = Object.entries(onnxElementCodes).find(([, known]) => known === code);
  return found ? (found[0] as ElementType) : refuseModel(`an element type that the lab knows for ${name}`, `type ${code}`);
}

function portFrom(info: ValueInfo): Port {
  const name = info.name ?? '';
  const tensor = info.type?.tensorType;
  const shape: Shape = (tensor?.shape?.dim ?? []).map((dim, axis) => {
    const extent = Number(dim.dimValue ?? 0);
    return dim.dimParam ? dim.dimParam : extent > 0 ? extent : `open ${axis}`;
  });
  return { name, type: typeFrom(name, tensor?.elemType), shape, help: info.docString ?? '' };
}

function constantFrom(name: string, tensor: Tensor): Constant {
  const type = typeFrom(name, tensor.dataType);
  if (Number(tensor.dataLocation ?? 0) !== 0) refuseModel(`weights within the file for ${name}`, 'weights in another file');
  return { name, type, shape: (tensor.dims ?? []).map(Number), data: dataFrom(name, type, tensor) };
}

/** What a Constant holds: a tensor, or numbers as exporters write axes and sizes; undefined for texts. */
function constantOfNode(name: string, attributes: readonly AttributeProto[]): Constant | undefined {
  const [{ name: form, t, i, ints, f, floats } = {}] = attributes.filter((attribute) => attribute.name?.startsWith('value'));
  const integers = (data: readonly unknown[], shape: Shape): Constant => {
    return { name, type: 'int64', shape, data: BigInt64Array.from(data, (value) => BigInt(String(value))) };
  };
  switch (form) {
    case 'value':
      return t ? constantFrom(name, t as Tensor) : undefined;
    case 'value_int':
      return integers([i], []);
    case 'value_ints':
      return integers(ints ?? [], [ints?.length ?? 0]);
    case 'value_float':
      return { name, type: 'float32', shape: [], data: Float32Array.of(f ?? 0) };
    case 'value_floats':
      return { name, type: 'float32', shape: [floats?.length ?? 0], data: Float32Array.from(floats ?? []) };
    default:
      return undefined;
  }
}

function dataFrom(name: string, type: ElementType, tensor: Tensor): ConstantData {
  const raw = Uint8Array.from(tensor.rawData ?? []);
  const has = raw.length > 0;
  switch (type) {
    case 'float32':
      return has ? new Float32Array(raw.buffer) : Float32Array.from(tensor.floatData ?? []);
    case 'int64':
      return has
        ? new BigInt64Array(raw.buffer)
        : BigInt64Array.from((tensor.int64Data ?? []).map((value) => BigInt(String(value))));
    case 'int32':
      return has ? new Int32Array(raw.buffer) : Int32Array.from(tensor.int32Data ?? []);
    case 'uint8':
    case 'bool':
      return has ? raw : Uint8Array.from(tensor.int32Data ?? []);
    default:
      return refuseModel(`weights of float32, int32, int64, uint8 or bool for ${name}`, type);
  }
}

function attributeFrom(node: string, attribute: AttributeProto): Attribute {
  const { AttributeType } = onnx.AttributeProto;
  switch (attribute.type) {
    case AttributeType.INT:
      return Number(attribute.i);
    case AttributeType.FLOAT:
      return { float: Number(attribute.f) };
    case AttributeType.STRING:
      return new TextDecoder().decode(attribute.s ?? new Uint8Array());
    case AttributeType.INTS:
      return (attribute.ints ?? []).map(Number);
    default:
      return refuseModel(`numbers, texts and lists of integers as attributes of ${node}`, `attribute ${attribute.name}`);
  }
}
