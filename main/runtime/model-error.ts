import { InputError, LabError, messageOf, ResourceError } from '../base/errors.ts';
import type { LaneModel } from './lane-protocol.ts';

/** The node of a model that ONNX Runtime objects to. The name is empty where the model gives it none. */
export interface NodeOfMessage {
  readonly name: string;
  readonly operator: string;
}

/** How ONNX Runtime names a node, in the places where models are checked, set up and run. */
const nodePatterns = [
  /In Node, \("(?<name>[^"]*)", (?<operator>[^,]+),/,
  /Node \((?<name>[^)]*)\) Op \((?<operator>[^)]+)\)/,
  /Optype \((?<operator>[^)]+)\).* in node \((?<name>[^)]*)\)/,
  /while running (?<operator>\S+) node\. Name:'(?<name>[^']*)'/,
  /implementation for (?<operator>[^ (]+)(?:\(\d+\))? node with name '(?<name>[^']*)'/,
] as const;

/** The node that a message of ONNX Runtime names, or undefined where it names none. */
export function nodeInMessage(message: string): NodeOfMessage | undefined {
  for (const pattern of nodePatterns) {
    const { name, operator } = pattern.exec(message)?.groups ?? {};
    if (name !== undefined && operator !== undefined) return { name, operator };
  }
  return undefined;
}

/** ONNX Runtime's reasons carry source paths, signatures and the node again: a person needs the words behind them. */
export function plainReason(message: string): string {
  const words = message
    .replace(/^.*?Status Message: /s, '')
    // WebGPU's own account of what it was at, in its source files.
    .replace(/\s*\n\s*- While .*$/s, '')
    .replace(/^.*? -> .*?\) , Error /s, '')
    .replace(/^Node \([^)]*\) Op \([^)]+\) /, '')
    .replace(/^\S*\/\S+:\d+ .*?\) (?=[^)]*$)/s, '')
    .replace(/^.* was false\. /s, '')
    .replaceAll(/\S*\/\S+:\d+\s*|\[ONNXRuntimeError\][^:]*:|\[\w+InferenceError\]|\[with [^\]]*\]|\s+/g, ' ')
    .trim();
  return words.length > 160 ? `${words.slice(0, 159)}…` : words;
}

/** What a running model threw, with the node named and without ONNX Runtime's own source paths. Errors of the lab stay as they are. */
export function runError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const message = messageOf(thrown);
  const node = nodeInMessage(message);
  const where = node ? `Node ${nodeText(node)} failed: ` : '';
  return new ResourceError('model.failed', `${where}${plainReason(message)}`, undefined, thrown);
}

/**
 * Why a model cannot be had, of what ONNX Runtime threw over it: one sentence with the file and the node. A file is the user's to
 * mend; a model of the graph builder or a provider is not.
 */
export async function refusedModel(thrown: unknown, { bytes, file, provider }: LaneModel): Promise<LabError> {
  if (thrown instanceof LabError) return thrown;
  const message = messageOf(thrown);
  const name = file ?? 'a model of the lab';
  const make = (code: `model.${string}`, text: string, action?: string): LabError =>
    file === undefined ? new ResourceError(code, text, action, thrown) : new InputError(code, text, action, thrown);
  if (/protobuf parsing failed|No graph was found|Model data pointer is null/.test(message)) {
    return make('model.not-onnx', `Expected an ONNX model but received ${name}, which is none`, 'Choose a .onnx file.');
  }
  const version = /(?:IR version|Opset):? (\d+).*?(?:max supported IR version:|is till opset) (\d+)/s.exec(message);
  if (version) {
    const kind = message.includes('IR version') ? 'IR version' : 'opset';
    const text = `Expected ${kind} ${version[2]} or lower for ${name} but received ${version[1]}`;
    return make('model.version', text, `Export the model with ${kind} ${version[2]} or lower.`);
  }
  const node = nodeInMessage(message) ?? (await findNode(message, bytes));
  const reason = plainReason(message);
  if (node) {
    const text = `ONNX Runtime refuses node ${nodeText(node)} of ${name}: ${reason}`;
    return make('model.node-refused', text, 'Mend that node.');
  }
  // Without a node it is the provider that is not there rather than the model that is wrong.
  return provider === 'cpu'
    ? make('model.refused', `ONNX Runtime refuses ${name}: ${reason}`)
    : make('model.no-provider', reason);
}

function nodeText({ name, operator }: NodeOfMessage): string {
  return name === '' ? `without a name (${operator})` : `${name} (${operator})`;
}

/** Looks the node up in the model where a message tells only its operator or one of its inputs. */
async function findNode(message: string, bytes: Uint8Array): Promise<NodeOfMessage | undefined> {
  const { domain = '', type } = /error: (?<domain>[^:\s]*):(?<type>\w+)\(-?\d+\) is not a registered/.exec(message)?.groups ?? {};
  const orphan = /Node input '([^']*)' is not/.exec(message)?.[1];
  if (type === undefined && orphan === undefined) return undefined;
  const { default: onnxProto } = await import('onnx-proto');
  const found = onnxProto.onnx.ModelProto.decode(bytes).graph?.node?.find((node) =>
    orphan === undefined ? node.domain === domain && node.opType === type : node.input?.includes(orphan),
  );
  if (!found) return undefined;
  const prefix = found.domain ? `${found.domain}:` : '';
  return { name: found.name ?? '', operator: `${prefix}${found.opType}` };
}
