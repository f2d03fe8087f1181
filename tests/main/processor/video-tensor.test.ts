import { describe, expect, it } from 'vitest';
import { clampVideo, videoTensor } from '../../../main/processor/video-tensor.ts';

describe('frames of any origin', () => {
  it('are refused where the samples do not fill the shape', () => {
    const message = 'Expected 12 samples for video of [1, 2, 2, 3] but received 16';
    expect(() => videoTensor(new Uint8Array(16), [1, 2, 2, 3])).toThrow(message);
  });

  it('become floats in [0, 1] from bytes, and stay as they are from floats', () => {
    const { data } = videoTensor(Uint8Array.of(0, 51, 255), [1, 1, 1, 3]);
    expect([...data]).toEqual([0, Math.fround(0.2), 1]);
    const floats = Float32Array.of(0.5, 2, -1);
    expect(videoTensor(floats, [1, 1, 1, 3]).data).toBe(floats);
  });

  it('are clamped in place, and what is no number becomes black', () => {
    const floats = Float32Array.of(-0.5, 0, 0.5, 1, Number.POSITIVE_INFINITY, Number.NaN);
    clampVideo({ data: floats, shape: [1, 1, 2, 3] });
    expect([...floats]).toEqual([0, 0, 0.5, 1, 1, 0]);
  });
});
