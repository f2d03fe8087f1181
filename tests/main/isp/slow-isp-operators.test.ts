import { describe, expect, it } from 'vitest';
import { chromaGuidedNoiseReduction } from '../../../main/isp/operators/chroma-guided-noise-reduction.ts';
import { coredSharpening } from '../../../main/isp/operators/cored-sharpening.ts';
import { exactColour } from '../../../main/isp/operators/exact-colour.ts';
import { guidedNoiseReduction } from '../../../main/isp/operators/guided-noise-reduction.ts';
import { highlightReconstruction } from '../../../main/isp/operators/highlight-reconstruction.ts';
import { localTone } from '../../../main/isp/operators/local-tone.ts';
import { type Planes, planesOf, runOperator, sampleAt, windowMean, worstDifference } from '../../support/run-operator.ts';
import { plainSensor, seededRandom, strongMatrix } from '../../support/synthetic-mosaic.ts';

/** Single precision against double: differences of squares near 1 leave some 1e-6. */
const tolerance = 2e-5;

const luma = [0.2126, 0.7152, 0.0722] as const;
const sum = (list: readonly number[]): number => list.reduce((total, value) => total + value, 0);
const four = [0, 1, 2, 3] as const;

/** A dark and a bright half with texture and noise. */
function scene(channels: number, rows = 26, columns = 30, highest = 0.9): Planes {
  const random = seededRandom(5);
  return planesOf(channels, rows, columns, (channel, row, column) => {
    const level = column < columns / 2 ? 0.1 : 0.55;
    const wave = 0.08 * Math.sin(row * (1 + (channel % 3)) * 0.9 + column);
    return Math.min(highest, level + wave * (row > rows / 2 ? 1 : 0.05) + 0.03 * random() + 0.04 * (channel % 3));
  });
}

describe('guided noise reduction', () => {
  const sensor = { ...plainSensor, noise: { slope: 1.5, offset: 40 } };
  const range = sensor.whiteLevel - sensor.blackLevels[0];

  it('refuses a raster that is not packed', async () => {
    await expect(runOperator(guidedNoiseReduction, { layout: 'cells', planes: scene(4), sensor })).rejects.toThrow(/packed/);
  });

  it('mixes sample and window mean by how far the window exceeds its noise', async () => {
    const planes = scene(4);
    const at = (channel: number, r: number, c: number): number => sampleAt(planes, channel, r, c);
    const mean = (channel: number, r: number, c: number): number => windowMean(r, c, 2, (y, x) => at(channel, y, x));
    const structure = (r: number, c: number): number => {
      const ratios = four.map((channel) => {
        const middle = mean(channel, r, c);
        const variance = windowMean(r, c, 2, (y, x) => (at(channel, y, x) - middle) ** 2);
        return variance / ((sensor.noise.slope * middle * range + sensor.noise.offset) / range ** 2);
      });
      const ratio = sum(ratios) / 4;
      return Math.max(0, ratio - 1.3 * 0.8) / ratio;
    };
    const actual = await runOperator(guidedNoiseReduction, { layout: 'packed', planes, sensor, values: { nr_strength: 0.8 } });
    const worst = worstDifference(actual, 4, (channel, r, c) => {
      return windowMean(r, c, 2, (y, x) => structure(y, x) * at(channel, r, c) + (1 - structure(y, x)) * mean(channel, y, x));
    });
    expect(worst).toBeLessThan(5e-4);
  });

  it('changes nothing at strength 0', async () => {
    const planes = scene(4);
    const actual = await runOperator(guidedNoiseReduction, { layout: 'packed', planes, sensor, values: { nr_strength: 0 } });
    expect(worstDifference(actual, 4, (channel, r, c) => sampleAt(planes, channel, r, c))).toBeLessThan(tolerance);
  });

  it('takes more than 8 dB of noise off a flat field', async () => {
    const random = seededRandom(8);
    const gauss = (): number => sum(Array.from({ length: 12 }, random)) - 6;
    const sigma = Math.sqrt((sensor.noise.slope * 0.4 * range + sensor.noise.offset) / range ** 2);
    const planes = planesOf(4, 40, 40, () => 0.4 + sigma * gauss());
    const { data } = await runOperator(guidedNoiseReduction, { layout: 'packed', planes, sensor });
    const left = Math.sqrt(sum(Array.from(data, (value) => (value - 0.4) ** 2)) / data.length);
    expect(20 * Math.log10(sigma / left)).toBeGreaterThan(8);
  });
});

describe('highlight reconstruction', () => {
  const gains = { wb_gains: Float32Array.of(2, 1, 1.5) };
  const levels = [2, 1, 1, 1.5] as const;
  const run = (planes: Planes): Promise<Planes> =>
    runOperator(highlightReconstruction, { layout: 'packed', planes, sensor: plainSensor, inputs: gains });

  it('leaves what is not clipped as it is', async () => {
    const planes = scene(4);
    expect(worstDifference(await run(planes), 3, (channel, r, c) => sampleAt(planes, channel, r, c))).toBeLessThan(1e-7);
  });

  it('finds a clipped green again from red, blue and the colour around it', async () => {
    const light = [1.3, 1.2, 1.2, 0.8] as const;
    const inside = (r: number, c: number): boolean => Math.hypot(r - 9, c - 9) < 3;
    const planes = planesOf(4, 18, 18, (channel, r, c) =>
      Math.min(levels[channel] as number, light[channel as 0] * (inside(r, c) ? 1 : 0.7)),
    );
    const actual = await run(planes);
    expect(sampleAt(actual, 1, 6, 6)).toBeCloseTo(1.2, 2);
    expect(sampleAt(actual, 0, 6, 6)).toBeCloseTo(1.3, 4);
  });

  it('is neutral, as bright as can be, where all is clipped', async () => {
    const actual = await run(planesOf(4, 14, 14, (channel) => levels[channel as 0]));
    for (const channel of four) expect(sampleAt(actual, channel, 3, 3)).toBeCloseTo(2, 4);
  });

  it('equals its reference', async () => {
    const random = seededRandom(3);
    const planes = planesOf(4, 16, 18, (channel) => Math.min(levels[channel as 0], 0.4 + 1.4 * random()));
    const clipped = (channel: number, r: number, c: number): number =>
      Math.min(1, Math.max(0, (sampleAt(planes, channel, r, c) / levels[channel as 0] - 0.94) / 0.05));
    const actual = await run(planes);
    const worst = worstDifference(actual, 3, (channel, r, c) => {
      const brightness = (y: number, x: number): number => sum(four.map((k) => sampleAt(planes, k, y, x))) / 4;
      const usable = (y: number, x: number): number => 1 - Math.max(...four.map((k) => clipped(k, y, x)));
      const own = four.map(
        (k) => windowMean(r, c, 3, (y, x) => sampleAt(planes, k, y, x) * brightness(y, x) * usable(y, x)) + 1e-3,
      );
      const greens = ((own[1] as number) + (own[2] as number)) / 2;
      const lent = [own[0] as number, greens, greens, own[3] as number];
      const lost = Math.min(...four.map((k) => clipped(k, r, c)));
      const shape = lent.map((value) => (value / (sum(lent) / 4)) * (1 - lost) + lost);
      const open = four.map((k) => 1 - clipped(k, r, c));
      const seen = sum(four.map((k) => (open[k] as number) * sampleAt(planes, k, r, c))) + 2e-3;
      const scale = seen / (sum(four.map((k) => (open[k] as number) * (shape[k] as number))) + 1e-3);
      const here = sampleAt(planes, channel, r, c);
      return here + clipped(channel, r, c) * Math.max(0, (shape[channel] as number) * scale - here);
    });
    expect(worst).toBeLessThan(tolerance);
  });
});

describe('local tone', () => {
  const gains = { wb_gains: Float32Array.of(1, 1, 2) };
  const run = (planes: Planes, values: Record<string, number>): Promise<Planes> =>
    runOperator(localTone, {
      layout: 'packed',
      planes,
      sensor: plainSensor,
      inputs: gains,
      values: { exposure_ev: 0, ...values },
    });

  it('only clips when both of its strengths are 0', async () => {
    const planes = scene(4, 26, 30, 1.5);
    const actual = await run(planes, { local_tone: 0, highlight_recovery: 0 });
    expect(worstDifference(actual, 11, (k, r, c) => Math.min(1, sampleAt(planes, k, r, c)))).toBeLessThan(1e-6);
  });

  it('equals its reference, lifted and compressed', async () => {
    const bright = scene(4);
    const planes = planesOf(4, 26, 30, (k, r, c) => 2 * sampleAt(bright, k, r, c));
    const level = (r: number, c: number): number => Math.sqrt(sum(four.map((k) => sampleAt(planes, k, r, c))) / 4);
    const known = new Map<string, [number, number]>();
    const line = (r: number, c: number): [slope: number, offset: number] => {
      const key = `${r} ${c}`;
      const mean = windowMean(r, c, 4, level);
      const variance = known.has(key) ? 0 : windowMean(r, c, 4, (y, x) => (level(y, x) - mean) ** 2);
      const slope = variance / (variance + 0.01);
      const found = known.get(key) ?? [slope, mean * (1 - slope)];
      known.set(key, found);
      return found;
    };
    const actual = await run(planes, { local_tone: 0.7, highlight_recovery: 0.6 });
    const lifts = new Map<string, number>();
    const liftAt = (r: number, c: number): number => {
      const key = `${r} ${c}`;
      const known = lifts.get(key);
      if (known !== undefined) return known;
      const base = windowMean(r, c, 4, (y, x) => line(y, x)[0]) * level(r, c) + windowMean(r, c, 4, (y, x) => line(y, x)[1]);
      const lift = (1 + 0.7 * Math.max(0, 1 - base) ** 2) ** 2;
      lifts.set(key, lift);
      return lift;
    };
    const lifted = (k: number, r: number, c: number): number => sampleAt(planes, k, r, c) * liftAt(r, c);
    const gains = new Map<string, number>();
    const gainAt = (r: number, c: number): number => {
      const key = `${r} ${c}`;
      const brightest = windowMean(r, c, 2, (y, x) => Math.max(...four.map((k) => lifted(k, y, x))));
      const white = 1 + 0.6 * (2 - 1);
      const bend = (white - 1) / ((white - 0.8) * 0.2);
      const above = brightest - 0.8;
      const gain = gains.get(key) ?? (liftAt(r, c) * (above <= 0 ? brightest : 0.8 + above / (1 + bend * above))) / brightest;
      gains.set(key, gain);
      return gain;
    };
    const worst = worstDifference(actual, 11, (channel, r, c) => {
      const [dr, dc] = [channel < 2 ? -1 : 1, channel % 2 === 0 ? -1 : 1];
      const along = (row: number): number => 0.75 * gainAt(row, c) + 0.25 * gainAt(row, c + dc);
      return Math.min(1, sampleAt(planes, channel, r, c) * (0.75 * along(r) + 0.25 * along(r + dr)));
    });
    expect(worst).toBeLessThan(tolerance);
  });
});

describe('exact colour', () => {
  it('is the matrix and saturation about luminance in linear light, clipped', async () => {
    const planes = scene(12, 6, 8);
    const sensor = { ...plainSensor, srgbFromCamera: strongMatrix };
    const actual = await runOperator(exactColour, { layout: 'cells', planes, sensor, values: { colour_saturation: 1.3 } });
    const worst = worstDifference(actual, 0, (channel, r, c) => {
      const camera = [0, 1, 2].map((k) => sampleAt(planes, channel - (channel % 3) + k, r, c));
      const rgb = [0, 1, 2].map((row) => sum(camera.map((value, k) => value * (strongMatrix[3 * row + k] as number))));
      const grey = sum(rgb.map((value, k) => value * (luma[k] as number)));
      return Math.min(1, Math.max(0, grey + 1.3 * ((rgb[channel % 3] as number) - grey)));
    });
    expect(worst).toBeLessThan(tolerance);
  });
});

describe('chroma noise reduction guided by luma', () => {
  const planes = scene(12, 20, 20);
  const pixel = (phase: number, r: number, c: number): number[] => [0, 1, 2].map((k) => sampleAt(planes, 3 * phase + k, r, c));
  const lumaOf = (rgb: readonly number[]): number => sum(rgb.map((value, k) => value * (luma[k] as number)));
  const cell = (r: number, c: number): number[] =>
    [0, 1, 2].map((k) => sum(four.map((phase) => pixel(phase, r, c)[k] as number)) / 4);

  it('moves R - Y and B - Y of a cell towards what luma explains, and equals its reference', async () => {
    const brightness = (r: number, c: number): number => lumaOf(cell(r, c));
    const chroma = (k: 0 | 2) => (r: number, c: number) => (cell(r, c)[k] as number) - brightness(r, c);
    const change = (k: 0 | 2, r: number, c: number): number => {
      const of = chroma(k);
      const lineOf = (y: number, x: number): [number, number, number] => {
        const [meanY, meanC] = [windowMean(y, x, 2, brightness), windowMean(y, x, 2, of)];
        const spreadY = windowMean(y, x, 2, (v, u) => (brightness(v, u) - meanY) ** 2);
        const together = windowMean(y, x, 2, (v, u) => (brightness(v, u) - meanY) * (of(v, u) - meanC));
        const spreadC = windowMean(y, x, 2, (v, u) => (of(v, u) - meanC) ** 2);
        const slope = together / (spreadY + 1e-4);
        const trust = 0.015 ** 2 / (Math.max(0, spreadC - slope * together) + 0.015 ** 2);
        return [slope, meanC - slope * meanY, trust];
      };
      const [slope, offset, trust] = [0, 1, 2].map((part) => windowMean(r, c, 2, (y, x) => lineOf(y, x)[part as 0])) as number[];
      const guided = (slope as number) * brightness(r, c) + (offset as number);
      return 0.8 * (trust as number) * (guided - of(r, c));
    };
    const actual = await runOperator(chromaGuidedNoiseReduction, {
      layout: 'cells',
      planes,
      sensor: plainSensor,
      values: { chroma_nr_strength: 0.8 },
    });
    const corners = [
      [4, 4],
      [4, 15],
      [15, 4],
      [9, 9],
      [9, 10],
    ] as const;
    for (const [r, c] of corners) {
      const [red, blue] = [change(0, r, c), change(2, r, c)];
      const green = -(luma[0] * red + luma[2] * blue) / luma[1];
      for (const phase of four) {
        const wanted = pixel(phase, r, c).map((value, k) => value + ([red, green, blue][k] as number));
        wanted.forEach((value, k) => {
          expect(Math.abs(sampleAt(actual, 3 * phase + k, r - 4, c - 4) - value)).toBeLessThan(tolerance);
        });
      }
    }
  });

  it('leaves luma alone', async () => {
    const actual = await runOperator(chromaGuidedNoiseReduction, {
      layout: 'cells',
      planes,
      sensor: plainSensor,
      values: { chroma_nr_strength: 1 },
    });
    const worst = Math.max(
      ...four.map((phase) => {
        const made = [0, 1, 2].map((k) => sampleAt(actual, 3 * phase + k, 5, 6));
        return Math.abs(lumaOf(made) - lumaOf(pixel(phase, 9, 10)));
      }),
    );
    expect(worst).toBeLessThan(1e-6);
  });
});

describe('cored sharpening', () => {
  it('adds detail beyond the core on the full raster, and equals its reference', async () => {
    const planes = scene(12, 8, 10);
    const lumaAt = (row: number, column: number): number => {
      const phase = (row & 1) * 2 + (column & 1);
      return sum(luma.map((weight, k) => weight * sampleAt(planes, 3 * phase + k, row >> 1, column >> 1)));
    };
    const values = { sharpen_amount: 0.9, sharpen_core: 3 };
    const actual = await runOperator(coredSharpening, { layout: 'cells', planes, sensor: plainSensor, values });
    const taps = [1, 4, 6, 4, 1];
    const worst = worstDifference(actual, 1, (channel, r, c) => {
      const [row, column] = [2 * r + (Math.floor(channel / 3) >> 1), 2 * c + (Math.floor(channel / 3) & 1)];
      const blur = sum(taps.flatMap((v, i) => taps.map((h, j) => (v * h * lumaAt(row + i - 2, column + j - 2)) / 256)));
      const detail = lumaAt(row, column) - blur;
      const beyond = Math.sign(detail) * Math.max(0, Math.abs(detail) - 3 / 255);
      return Math.min(1, Math.max(0, sampleAt(planes, channel, r, c) + 0.9 * beyond));
    });
    expect(worst).toBeLessThan(tolerance);
  });
});
