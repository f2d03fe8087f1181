import { describe, expect, it } from 'vitest';
import { flatFieldLight } from '../../../../../main/camera/simulator/scenes/flat-field.ts';
import { lightOf } from '../truth-bench.ts';

const [width, height] = [640, 360];

describe('flat field', () => {
  it('is the same everywhere', () => {
    for (const value of lightOf('flat-field', width, height)) expect(value).toBeCloseTo(flatFieldLight, 6);
  });
});
