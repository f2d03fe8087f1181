import { describe, expect, it } from 'vitest';
import { apply3 } from '../../../../main/base/matrix3.ts';
import { patchRectangles } from '../../../../main/camera/simulator/chart-layout.ts';
import { simulatorSrgbFromCamera } from '../../../../main/camera/simulator/colour/camera-filters.ts';
import { chartPatches } from '../../../../main/camera/simulator/colour-checker.ts';
import type { PixelRectangle } from '../../../../main/camera/simulator/coverage.ts';
import type { FrameSettings } from '../../../../main/camera/simulator/frame-settings.ts';
import { groundTruth } from '../../../../main/camera/simulator/ground-truth.ts';
import { SimulatorRenderer } from '../../../../main/camera/simulator/renderer.ts';
import { simulatedSensor } from '../../../../main/camera/simulator/sensor-model.ts';
import { type CfaOrder, cfaOrders } from '../../../../main/frame/pixel-format.ts';

const width = 640;
const height = 360;
const still: Partial<FrameSettings> = { noise: false, motion: false };

function rendererOf(cfa: CfaOrder = 'RGGB', seed = 1): SimulatorRenderer {
  return new SimulatorRenderer({ width, height, framesPerSecond: 30, cfa, seed });
}

function rendered(renderer: SimulatorRenderer, sequence: number, frame: Partial<FrameSettings>): Uint16Array {
  const samples = new Uint16Array(width * height);
  renderer.render(sequence, frame, samples);
  return samples;
}

/** Mean red, green and blue of a rectangle above black, as shares of what white gives in green. */
function meanRgb(
  samples: Uint16Array,
  cfa: CfaOrder,
  { x, y, width: columns, height: rows }: PixelRectangle,
): [number, number, number] {
  const sums = { R: 0, G: 0, B: 0 };
  for (let row = y; row < y + rows; row++) {
    for (let column = x; column < x + columns; column++) {
      sums[cfa[(row % 2) * 2 + (column % 2)] as 'R' | 'G' | 'B'] += (samples[row * width + column] as number) - 64;
    }
  }
  const whiteGreen = ((columns * rows) / 4) * 0.75 * (1023 - 64);
  const scale = 0.8963 / whiteGreen;
  return [sums.R * scale, (sums.G * scale) / 2, sums.B * scale];
}

function srgbCode(light: number): number {
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

describe('chart', () => {
  it('knows no patches of a picture of another shape', () => {
    expect(() => patchRectangles(640, 480)).toThrow('Expected a picture of 16:9 but received 640x480');
  });

  it.each([
    [1920, 1080],
    [1280, 720],
    [640, 360],
  ])('has 24 patch rectangles on the 2x2 grid inside %dx%d', (pictureWidth, pictureHeight) => {
    const rectangles = patchRectangles(pictureWidth, pictureHeight);
    expect(rectangles).toHaveLength(24);
    for (const { x, y, width: columns, height: rows } of rectangles) {
      expect([x % 2, y % 2, columns % 2, rows % 2]).toEqual([0, 0, 0, 0]);
      expect(columns).toBeGreaterThanOrEqual(pictureWidth / 30);
      expect(x + columns).toBeLessThan(pictureWidth);
      expect(y + rows).toBeLessThan(pictureHeight);
    }
  });

  it.each(cfaOrders)('gives every reference colour back through the description of the %s sensor', (cfa) => {
    const samples = rendered(rendererOf(cfa), 0, still);
    const [redGain, , blueGain] = simulatedSensor(cfa).whiteBalance as [number, number, number];
    for (const [index, rectangle] of patchRectangles(width, height).entries()) {
      const patch = chartPatches[index] as (typeof chartPatches)[0];
      const [red, green, blue] = meanRgb(samples, cfa, rectangle);
      const codes = apply3(simulatorSrgbFromCamera, [red * redGain, green, blue * blueGain]).map(srgbCode);
      for (const channel of [0, 1, 2] as const) {
        // One code for 10-bit rounding; dark channels of saturated patches lie on the steep foot of the sRGB curve.
        const tolerance = patch.srgb[channel] < 60 ? 4 : 1.5;
        expect(Math.abs((codes[channel] as number) - patch.srgb[channel]), `${patch.name} channel ${channel}`).toBeLessThan(
          tolerance,
        );
      }
    }
  });

  it.each([2500, 7500])('has neutral greys under %d K with the gains for that light', (illuminantKelvin) => {
    const samples = rendered(rendererOf(), 0, { ...still, illuminantKelvin });
    const gains = groundTruth({ scene: 'chart', width, height, settings: { illuminantKelvin } }).whiteBalance;
    const [red, green, blue] = meanRgb(samples, 'RGGB', patchRectangles(width, height)[19] as PixelRectangle);
    expect((red * gains[0]) / green).toBeCloseTo(1, 1.8);
    expect((blue * gains[2]) / green).toBeCloseTo(1, 1.8);
  });
});

describe('frames', () => {
  it('depend on their number and settings only, never on the frames before', () => {
    const moving = { ...still, noise: true, motion: true };
    const wandering = rendererOf();
    for (const sequence of [5, 90, 17]) rendered(wandering, sequence, { ...moving, analogueGain: 3 });
    expect(rendered(wandering, 42, moving)).toEqual(rendered(rendererOf(), 42, moving));
  });

  it('move only with motion on', () => {
    const renderer = rendererOf();
    const first = rendered(renderer, 0, still);
    expect(rendered(renderer, 31, still)).toEqual(first);
    expect(rendered(renderer, 31, { ...still, motion: true })).not.toEqual(first);
  });

  it('never disturb the chart when they move', () => {
    const renderer = rendererOf();
    const before = rendered(renderer, 0, { ...still, motion: true });
    const after = rendered(renderer, 77, { ...still, motion: true });
    for (const rectangle of patchRectangles(width, height)) {
      expect(meanRgb(after, 'RGGB', rectangle)).toEqual(meanRgb(before, 'RGGB', rectangle));
    }
  });
});
