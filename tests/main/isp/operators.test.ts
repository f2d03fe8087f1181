import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { encodeForDisplay } from '../../../main/isp/operators/display-encode.ts';
import { applyTone } from '../../../main/isp/operators/tone.ts';
import { srgbCurve } from '../../support/reference-fast-isp.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

const amount = fc.double({ min: -1, max: 1, noNaN: true });

describe('the tone curve', () => {
  it('rises everywhere and keeps its ends, for any contrast and shadows', () => {
    fc.assert(
      fc.property(amount, amount, (tone_contrast, tone_shadows) => {
        const curve = Array.from({ length: 257 }, (_, index) => applyTone(index / 256, { tone_contrast, tone_shadows }));
        expect(curve[0]).toBe(0);
        expect(curve[256]).toBe(1);
        const falls = curve.filter((value, index) => index > 0 && value < (curve[index - 1] as number) - 1e-12);
        expect(falls).toEqual([]);
      }),
    );
  });

  it('is no curve by default, the smoothstep at full contrast, and lifts by the shadows', () => {
    expect(applyTone(0.3, { tone_contrast: 0, tone_shadows: 0 })).toBe(0.3);
    expect(applyTone(0.3, { tone_contrast: 1, tone_shadows: 0 })).toBeCloseTo(3 * 0.3 ** 2 - 2 * 0.3 ** 3, 12);
    expect(applyTone(0.3, { tone_contrast: 0, tone_shadows: 1 })).toBeCloseTo(0.3 + 0.3 * 0.7 ** 2, 12);
  });
});

describe('the display encoding', () => {
  it('stays within 0.25/255 of the sRGB curve and meets its ends', () => {
    const steps = 100_000;
    let worst = 0;
    for (let step = 0; step <= steps; step++) {
      worst = Math.max(worst, Math.abs(encodeForDisplay(step / steps) - srgbCurve(step / steps)));
    }
    expect(worst * 255).toBeLessThanOrEqual(0.25);
    expect(encodeForDisplay(0)).toBe(0);
    expect(encodeForDisplay(1)).toBeCloseTo(1, 12);
  });
});

describe('the white balance that a source brings', () => {
  it('becomes gains relative to green, within the range of the sliders', () => {
    expect(fastIsp.defaultsFor(plainSensor)).toEqual({});
    expect(fastIsp.defaultsFor({ ...plainSensor, whiteBalance: [4, 2, 3] })).toEqual({ wb_red_gain: 2, wb_blue_gain: 1.5 });
    expect(fastIsp.defaultsFor({ ...plainSensor, whiteBalance: [99, 1, 0.01] })).toEqual({ wb_red_gain: 8, wb_blue_gain: 0.25 });
  });
});
