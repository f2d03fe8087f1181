import { describe, expect, it } from 'vitest';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { mergeBurst } from '../../../main/runtime/fusion/merge.ts';
import { type MergeSpec, mergedSensor, outputScaleFor } from '../../../main/runtime/fusion/merge-spec.ts';
import { picturePlain } from '../../support/bare-stage.ts';
import { colourError, saturatedLeaves } from '../../support/colour-pictures.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { seededRandom } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const size = 224;
const rangeDn = 959;

/** A 10-bit sensor in the middle of its gains: about 27 dB at mid-grey. */
const sensor: SensorDescription = {
  cfa: 'RGGB',
  bits: 10,
  blackLevels: [64, 64, 64, 64],
  whiteLevel: 64 + rangeDn,
  noise: { slope: 1.2, offset: 6 },
};

/** A soft edge, 5 degrees off the vertical, from 0.12 to 0.6 of light, in the upper half; grey steps with bars below. */
function light(row: number, column: number): number {
  if (row < size / 2) {
    const distance = (column - size / 2 + (row - size / 4) * Math.tan((5 * Math.PI) / 180)) * Math.cos((5 * Math.PI) / 180);
    return 0.12 + 0.48 / (1 + Math.exp(-distance / 0.45));
  }
  const step = 0.06 * 2 ** Math.floor(column / (size / 4));
  return column % 56 > 36 ? step * (1 + 0.5 * Math.sin((column * Math.PI) / 3)) : step;
}

function exposureOf(seed: number, noisy = true): Uint16Array {
  const random = seededRandom(seed);
  return Uint16Array.from({ length: size * size }, (_, index) => {
    const signal = rangeDn * light(Math.floor(index / size), index % size);
    const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const noise = noisy ? gauss * Math.sqrt(1.2 * signal + 6) : 0;
    return Math.min(1023, Math.max(0, Math.round(64 + signal + noise)));
  });
}

const plain = { ...defaultValues(slowIsp.declaration.params), sharpen_amount: 0 };
const untouched = { ...plain, nr_strength: 0, chroma_nr_strength: 0 };

async function greenOf(samples: Uint16Array, from: SensorDescription, values: typeof plain): Promise<Float64Array> {
  const { pixels } = await processMosaic(slowIsp, { width: size, height: size, samples, sensor: from }, values, lanes());
  return Float64Array.from({ length: size * size }, (_, index) => (pixels[4 * index + 1] as number) / 255);
}

function psnr(actual: Float64Array, truth: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let row = 8; row < size - 8; row++) {
    for (let column = 8; column < size - 8; column++) {
      sum += ((actual[row * size + column] as number) - (truth[row * size + column] as number)) ** 2;
      count += 1;
    }
  }
  return 10 * Math.log10(count / sum);
}

/** Frequency in cycles per pixel at which the modulation of the edge falls to one half, by the slanted-edge method on linear light. */
function mtf50(picture: Float64Array): number {
  const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const bins = new Float64Array(161);
  const counts = new Float64Array(161);
  const tilt = (5 * Math.PI) / 180;
  for (let row = 16; row < size / 2 - 8; row++) {
    for (let column = 70; column < 154; column++) {
      const distance = (column - size / 2 + (row - size / 4) * Math.tan(tilt)) * Math.cos(tilt);
      const bin = Math.round(4 * distance) + 80;
      if (bin < 0 || bin > 160) continue;
      bins[bin] = (bins[bin] as number) + linear(picture[row * size + column] as number);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  const spread = bins.map((sum, bin) => sum / (counts[bin] as number));
  const line = Array.from({ length: 80 }, (_, k) => {
    const at = k + 40;
    const hamming = 0.54 + 0.46 * Math.cos((2 * Math.PI * (at - 80)) / 80);
    return ((spread[at + 1] as number) - (spread[at - 1] as number)) * hamming;
  });
  const modulation = (cyclesPerPixel: number): number => {
    const part = (of: (x: number) => number): number =>
      line.reduce((sum, value, k) => sum + value * of((2 * Math.PI * cyclesPerPixel * k) / 4), 0);
    return Math.hypot(part(Math.cos), part(Math.sin));
  };
  const half = modulation(0) / 2;
  let frequency = 0;
  while (modulation(frequency) > half && frequency < 1) frequency += 0.001;
  return frequency;
}

describe('SlowISP on noise', () => {
  it('gains 9 dB and more from a burst of four, 4 from one frame, and keeps 90 % of the sharpness of an edge', async () => {
    const frames = [1, 2, 3, 4].map((seed) => exposureOf(1000 + seed));
    const noise = { shotDn: 1.2, readVarianceDn2: 6 };
    const exposures = frames.map(() => ({ exposure: 1, noise }));
    const spec: MergeSpec = {
      width: size,
      height: size,
      sensor,
      frames: exposures,
      reference: 0,
      outputScale: outputScaleFor(sensor),
    };
    const merged = new Uint16Array(size * size);
    mergeBurst(spec, frames, merged);
    const truth = await greenOf(exposureOf(0, false), sensor, untouched);
    const single = await greenOf(frames[0] as Uint16Array, sensor, untouched);
    const reduced = await greenOf(frames[0] as Uint16Array, sensor, plain);
    const burst = await greenOf(merged, mergedSensor(spec), plain);
    const [before, alone, after] = [single, reduced, burst].map((picture) => psnr(picture, truth)) as [number, number, number];
    expect(alone - before).toBeGreaterThan(4);
    expect(after - before).toBeGreaterThan(9);
    expect(mtf50(burst) / mtf50(truth)).toBeGreaterThan(0.9);
    expect(mtf50(reduced) / mtf50(truth)).toBeGreaterThan(0.9);
  });
});

describe('SlowISP in saturated colours', () => {
  it('is at least 2 dB better than FastISP, whole stage against whole stage', async () => {
    const picture = saturatedLeaves(11, 160, 160);
    const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const samples = Uint16Array.from({ length: 160 * 160 }, (_, index) => {
      const colour = 'RGGB'[(Math.floor(index / 160) & 1) * 2 + ((index % 160) & 1)] as string;
      return Math.round(4095 * linear((picture.rgb[3 * index + 'RGB'.indexOf(colour)] as number) / 255));
    });
    const fine = { ...picturePlain('RGGB'), bits: 12, whiteLevel: 4095 };
    const errorOf = async (stage: typeof slowIsp): Promise<number> => {
      const values = { ...defaultValues(stage.declaration.params), sharpen_amount: 0 };
      const { pixels } = await processMosaic(stage, { width: 160, height: 160, samples, sensor: fine }, values, lanes());
      return colourError(pixels, picture);
    };
    const [slow, fast] = [await errorOf(slowIsp), await errorOf(fastIsp)];
    expect(slow - fast).toBeGreaterThanOrEqual(2);
  });
});
