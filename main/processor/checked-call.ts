import type { ParameterValues } from '../../preload/contract.ts';
import { expectFrame } from './call-result.ts';
import type { Prompt } from './image-processor.ts';
import type { ProcessorHandle } from './processor-handle.ts';
import { clampVideo, type VideoTensor, videoTensor } from './video-tensor.ts';

/** Frames for a call, of bytes or floats, with what it is to do with them. */
export interface CallRequest {
  readonly samples: Uint8Array | Float32Array;
  /** [frames, rows, columns, 3]. */
  readonly shape: VideoTensor['shape'];
  readonly prompts: readonly Prompt[];
  readonly values: ParameterValues;
}

/**
 * Calls a processor with frames of any origin and gives one clamped frame. The samples given stay as they are. Prompts reach those that
 * support them. Rejects with what the call throws, and with a ResourceError for anything but one frame of the size that entered; samples
 * that are no numbers become 0, as they would in a graph's clamp on the way to bytes.
 */
export async function callProcessor(handle: ProcessorHandle, request: CallRequest): Promise<VideoTensor> {
  const { samples, shape, values } = request;
  // A call may change its frames; those that are floats already would otherwise be the caller's.
  const video = videoTensor(samples instanceof Float32Array ? samples.slice() : samples, shape);
  const prompts = handle.facts.supportsPrompts === true ? request.prompts : [];
  const [, rows, columns] = shape;
  return clampVideo(expectFrame(await handle.call({ video, prompts, values }), rows, columns, String(handle.facts.id)));
}
