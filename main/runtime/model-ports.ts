import type { InferenceSession } from 'onnxruntime-node';
import { InputError } from '../base/errors.ts';
import type { Value } from '../graph/graph.ts';
import { describeShape, type Shape, shapesAgree } from '../graph/tensor-type.ts';
import type { LaneModel } from './lane-protocol.ts';

type Ports = readonly InferenceSession.ValueMetadata[];

/**
 * Checks that a loaded model takes and gives what the stage hands it. Throws InputError that names the first port that is
 * missing, too many, or of another type or shape.
 */
export function checkPorts(session: Pick<InferenceSession, 'inputMetadata' | 'outputMetadata'>, model: LaneModel): void {
  const name = model.file ?? 'the model';
  for (const expected of model.inputs) expectPort('input', expected, session.inputMetadata, name);
  for (const expected of model.outputs) expectPort('output', expected, session.outputMetadata, name);
  const extra = session.inputMetadata.find((port) => !model.inputs.some((known) => known.name === port.name));
  if (!extra) return;
  const known = model.inputs.map((port) => port.name).join(', ');
  throw portError(`Expected only the inputs ${known} of ${name} but received one more: ${extra.name}`);
}

function expectPort(kind: 'input' | 'output', expected: Value, ports: Ports, model: string): void {
  const what = `${kind} ${expected.name} of ${model}`;
  const port = ports.find(({ name }) => name === expected.name);
  if (!port) {
    const others = ports.map(({ name }) => name).join(', ') || 'none';
    throw portError(`Expected ${what} but received a model whose ${kind}s are ${others}`);
  }
  const wanted = `${expected.type} ${describeShape(expected.shape)}`;
  if (!port.isTensor) throw portError(`Expected ${wanted} for ${what} but received no tensor`);
  // Both sides name their open extents as they like.
  const shape = port.shape as Shape;
  if (port.type === expected.type && shapesAgree(shape, expected.shape)) return;
  throw portError(`Expected ${wanted} for ${what} but received ${port.type} ${describeShape(shape)}`);
}

function portError(message: string): InputError {
  return new InputError('model.ports', message, 'Export the stage with `lab export-onnx` to see the ports that it has.');
}
