import { describe, expect, it } from 'vitest';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { geometryKey } from '../../../main/live/frame-measurement.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

function keyOf(fields: Partial<SensorDescription>): string {
  const sensor = { ...plainSensor, ...fields };
  const meta = { sequence: 1, timestampNs: 0n, width: 64, height: 48, sensor, controls: {} };
  return geometryKey({ meta, outputWidth: 64, outputHeight: 48 } as Parameters<typeof geometryKey>[0]);
}

describe('frames share a graph of statistics', () => {
  it('where nothing but levels, gains and coefficients differs', () => {
    const grid = (gain: number) => ({ rows: 2, columns: 2, gains: new Float32Array(16).fill(gain) });
    expect(keyOf({ whiteLevel: 3000, shading: grid(1) })).toBe(keyOf({ shading: grid(2) }));
    expect(keyOf({ linearisationPolynomial: [0, 1] })).toBe(keyOf({ linearisationPolynomial: [1, 2] }));
  });

  it('but not with other grids, or curves of another form', () => {
    const grids = [2, 3].map((rows) => ({ rows, columns: 2, gains: new Float32Array(8 * rows).fill(1) }));
    const keys = [
      keyOf({}),
      ...grids.map((shading) => keyOf({ shading })),
      keyOf({ linearisation: Float32Array.of(0, 4095) }),
      keyOf({ linearisationPolynomial: [0, 1] }),
      keyOf({ linearisationPolynomial: [0, 1, 2] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
