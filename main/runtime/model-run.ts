import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import type { Strip } from '../graph/strips.ts';
import { type InputValues, stagePorts } from '../processor/stage.ts';
import type { LaneModel } from './lane-protocol.ts';

/** What the strips of one frame share: whole mosaic and picture, and the parameters as tensors. */
export interface FrameTensors {
  readonly samples: Uint16Array;
  readonly picture: Uint8Array;
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
export async function runStrip(session: InferenceSession, model: LaneModel, strip: Strip, frame: FrameTensors): Promise<void> {
  const { width, margin, outputWidth, outputScale, rowsPerStrip } = model;
  const rows = frame.samples.subarray(strip.inputRow * width, (strip.inputRow + strip.inputRows) * width);
  const mosaic = new Tensor('uint16', rows, [1, 1, strip.inputRows, width]);
  const feeds: Record<string, Tensor> = { ...frame.parameters, [stagePorts.mosaic]: mosaic };
  if (model.takesPads) {
    const pads = [0, 0, strip.missingAbove, margin, 0, 0, strip.missingBelow, margin];
    feeds[stagePorts.pads] = new Tensor('int64', BigInt64Array.from(pads, BigInt), [8]);
  }
  const outputRows = rowsPerStrip * outputScale;
  const start = strip.firstRow * outputScale * outputWidth * 4;
  const target = frame.picture.subarray(start, start + outputRows * outputWidth * 4);
  await session.run(feeds, { [stagePorts.picture]: new Tensor('uint8', target, model.pictureShape) });
}
