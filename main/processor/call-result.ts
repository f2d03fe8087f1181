import { ResourceError } from '../base/errors.ts';
import type { VideoTensor } from './video-tensor.ts';

/** What a call gave as one frame of that size. Throws ResourceError for anything else. */
export function expectFrame(made: unknown, rows: number, columns: number, id: string): VideoTensor {
  const video = (made as { video?: Partial<VideoTensor> } | null | undefined)?.video;
  const expected = [1, rows, columns, 3];
  const isFrame = video?.data instanceof Float32Array && String(video.shape) === String(expected);
  if (isFrame && video.data?.length === rows * columns * 3) return video as VideoTensor;
  const received = video ? `${video.data?.length ?? 'no'} samples of [${video.shape}]` : 'no video';
  const message = `Expected one float frame of [${expected.join(', ')}] from processor ${id} but received ${received}`;
  throw new ResourceError('processor.result', message);
}
