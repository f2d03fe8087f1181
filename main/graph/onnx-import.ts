import onnxProto from 'onnx-proto';
import { InputError } from '../base/errors.ts';
import type { Attribute, Constant, ConstantData, Graph, Node, Port } from './graph.ts';
import { onnxVersions } from './onnx-model.ts';
import { type ElementType, onnxElementCodes, type Shape } from './tensor-type.ts';

const { onnx } = onnxProto;

/** Reductions, Squeeze and Unsqueeze take their axes as inputs since this operator set, as they do in the lab's. */
const oldestOpset = 13;

function refuse(expected: string, received: string): never {
  throw new InputError(
    'onnx.unusable',
    `Expected ${expected} but received ${received}`,
    'Export the model again, or choose another.',
  );
}

/**
 * Reads a foreign ONNX model as a graph, so that it can become a part of the lab's own. Shapes of inner values are left open. Refuses
 * with InputError what cannot be carried over: other operator sets, other domains, control flow, external weights, unknown types.
 */
export function readOnnxGraph(bytes: Uint8Array): Graph {
  const model = decodeModel(bytes);
  for (const { domain, version } of model.opsetImport) {
    const number = Number(version);
    if (domain) refuse('operators of the standard only', `operators of ${domain}`);
    if (number < oldestOpset || number > onnxVersions.opset) {
      refuse(`an ONNX model of opset ${oldestOpset} to ${onnxVersions.opset}`, `opset ${number}`);
    }
  }
  const graph = model.graph;
  if (!graph?.node || graph.node.length === 0) refuse('an ONNX model with operators', 'one without');
  const initializers = (graph.initializer ?? []) as Tensor[];
  const constants = initializers.map((tensor) => constantFrom(tensor.name ?? '', tensor));
  const weights = new Set(constants.map(({ name }) => name));
  const nodes: Node[] = [];
  for (const [index, node] of graph.node.entries()) {
    const name = node.output?.[0] ?? `node ${index}`;
    const value = node.attribute?.find((attribute) => attribute.name === 'value');
    if (node.domain) refuse('operators of the standard only', `${node.opType} of ${node.domain}`);
    if (node.opType === 'Constant' && value?.t) {
      constants.push(constantFrom(name, value.t as Tensor));
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
  return { name: graph.name || 'model', inputs, outputs: ports(graph.output), constants, nodes };
}

type Tensor = InstanceType<typeof onnx.TensorProto>;
type ValueInfo = InstanceType<typeof onnx.ValueInfoProto>;
type AttributeProto = InstanceType<typeof onnx.AttributeProto>;

function decodeModel(bytes: Uint8Array): InstanceType<typeof onnx.ModelProto> {
  try {
    return onnx.ModelProto.decode(bytes);
  } catch (thrown) {
    return refuse('an ONNX model', `bytes that are none (${(thrown as Error).message})`);
  }
}

function typeFrom(name: string, code: number | null | undefined): ElementType {
  const found = Object.entries(onnxElementCodes).find(([, known]) => known === code);
  return found ? (found[0] as ElementType) : refuse(`an element type that the lab knows for ${name}`, `type ${code}`);
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
  if (Number(tensor.dataLocation ?? 0) !== 0) refuse(`weights within the file for ${name}`, 'weights in another file');
  return { name, type, shape: (tensor.dims ?? []).map(Number), data: dataFrom(name, type, tensor) };
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
      return refuse(`weights of float32, int32, int64, uint8 or bool for ${name}`, type);
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
      return refuse(`numbers, texts and lists of integers as attributes of ${node}`, `attribute ${attribute.name}`);
  }
}
