import type { ParameterValues } from '../../preload/contract.ts';
import type { Prompt } from './image-processor.ts';
import type { VideoTensor } from './video-tensor.ts';

/** One call of a processor. */
export interface ProcessorCall {
  readonly video: VideoTensor;
  readonly prompts: readonly Prompt[];
  /** Every parameter's value by name, or those that differ from the defaults. */
  readonly values: ParameterValues;
}
