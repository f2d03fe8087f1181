import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import { elementsOf, type InputValues, type PlanePort, stagePorts } from '../processor/stage.ts';
import type { LaneModel } from './lane-protocol.ts';

/** The elements of a slot, as its plane's port has them. */
export type PlaneElements = Uint8Array | Uint16Array | Float32Array;

/** What the strips of one frame share: whole planes, and the parameters as tensors. */
export interface FrameTensors {
  /** By position, as in the model's planes. */
  readonly inputs: readonly PlaneElements[];
  readonly outputs: readonly PlaneElements[];
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** The parameter inputs of a model as tensors. Throws by name where a value is missing. */
export function parameterTensors(model: LaneModel, inputs: InputValues): Record<string, Tensor> {
  const entries = Object.entries(model.inputShapes).map(([name, shape]) => {
    const values = inputs[name];
    assert(values, `Expected a value for graph input ${name} but received none`);
    return [name, new Tensor('float32', values, shape)] as const;
  });
  return Object.fromEntries(entries);
}

/** Runs a model on one strip of a frame, reading and writing in place. */
export async function runStrip(session: InferenceSession, model: LaneModel, strip: number, frame: FrameTensors): Promise<void> {
  const feeds: Record<string, Tensor> = { ...frame.parameters, ...windowTensors(model.planes.inputs, frame.inputs, strip) };
  const pads = model.pads?.[strip];
  if (pads) feeds[stagePorts.pads] = new Tensor('int64', BigInt64Array.from(pads, BigInt), [pads.length]);
  const firstRow = model.firstRows?.[strip];
  if (firstRow !== undefined) feeds[stagePorts.firstRow] = new Tensor('float32', Float32Array.of(firstRow), []);
  await session.run(feeds, windowTensors(model.planes.outputs, frame.outputs, strip));
}

/** Views of the planes for one strip: no sample is copied. */
function windowTensors(ports: readonly PlanePort[], planes: readonly PlaneElements[], strip: number): Record<string, Tensor> {
  const entries = ports.map(({ name, type, windows }, index) => {
    const [plane, window] = [planes[index], windows[strip]];
    assert(plane && window, `Expected a plane and a window of strip ${strip} for ${name}`);
    const { offset, shape } = window;
    const part = plane.subarray(offset, offset + elementsOf(shape));
    return [name, new Tensor(type as 'float32', part as Float32Array, shape)] as const;
  });
  return Object.fromEntries(entries);
}
