import type { MosaicArea } from './frame-meta.ts';
import type { Mosaic } from './mosaic.ts';

/** Statistics of what is dark, per position of the 2x2 cell, DN. */
export interface DarkStatistics {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly counts: readonly number[];
}

/** Deviations from the middle beyond which a sample is a defect and not dark. */
const clipSigmas = 4;

/**
 * Means of each position of the cell over optical-black areas, or over a whole frame with the cap on. Each position has its own, and so
 * has each parity of rows: readout chains differ. Hot samples are left out: those four deviations beyond the median, the deviation
 * being that of the middle half. `cellOrigin` is a sample at the top left of a cell, for readouts whose visible part begins elsewhere.
 */
export function measureDark(
  { width, height, samples }: Omit<Mosaic, 'sensor'>,
  areas: readonly MosaicArea[],
  cellOrigin: Pick<MosaicArea, 'top' | 'left'> = { top: 0, left: 0 },
): DarkStatistics {
  const counts = [0, 1, 2, 3].map((): number[] => []);
  for (const { top, left, rows, columns } of areas) {
    for (let row = Math.max(0, top); row < Math.min(height, top + rows); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, left + columns); column++) {
        const histogram = counts[((row - cellOrigin.top) & 1) * 2 + ((column - cellOrigin.left) & 1)] as number[];
        const dn = samples[row * width + column] as number;
        histogram[dn] = (histogram[dn] ?? 0) + 1;
      }
    }
  }
  const perPosition = counts.map(clippedStatistics);
  return {
    means: perPosition.map(({ mean }) => mean),
    deviations: perPosition.map(({ deviation }) => deviation),
    counts: perPosition.map(({ count }) => count),
  };
}

/** Above these no area is dark: of white, a level and how far those of the positions are apart; of noise, the spread; of all, defects. */
const [mostLevel, mostApart, mostSpread, mostDefects] = [0.5, 0.02, 3, 0.1];

/**
 * Whether light reaches areas that are taken for dark. Noise alone scatters samples about as much as neighbours of one colour differ, and
 * black is nearly the same for all positions of the cell; a picture, or the shading of a lens, scatters them more, and colours differ.
 * Even grey light at less than half of white goes unseen. `dark` is what {@link measureDark} has for the areas, `whiteLevel` DN.
 */
export function seesLight(
  readout: Omit<Mosaic, 'sensor'>,
  areas: readonly MosaicArea[],
  { dark, whiteLevel }: { readonly dark: DarkStatistics; readonly whiteLevel: number },
): boolean {
  const [least, most] = [Math.min(...dark.means), Math.max(...dark.means)];
  if (most >= mostLevel * whiteLevel || most - least > mostApart * whiteLevel) return true;
  const { noise, samples } = neighbourNoise(readout, areas);
  const kept = dark.counts.reduce((sum, count) => sum + count, 0);
  return kept < (1 - mostDefects) * samples || Math.max(...dark.deviations) > mostSpread * noise;
}

/** Deviation of single samples from how neighbours of one colour in a row differ, DN, at least 1: the median, which edges do not move. */
function neighbourNoise(
  { width, height, samples }: Omit<Mosaic, 'sensor'>,
  areas: readonly MosaicArea[],
): { readonly noise: number; readonly samples: number } {
  const histogram: number[] = [];
  let [all, pairs] = [0, 0];
  for (const { top, left, rows, columns } of areas) {
    const right = Math.min(width, left + columns);
    for (let row = Math.max(0, top); row < Math.min(height, top + rows); row++) {
      for (let column = Math.max(0, left); column < right; column++) {
        all += 1;
        if (column + 2 >= right) continue;
        const at = row * width + column;
        const difference = Math.abs((samples[at] as number) - (samples[at + 2] as number));
        histogram[difference] = (histogram[difference] ?? 0) + 1;
        pairs += 1;
      }
    }
  }
  let below = 0;
  const median = Math.max(
    histogram.findIndex((count = 0) => {
      below += count;
      return below >= pairs / 2;
    }),
    0,
  );
  return { noise: Math.max(1, (1.4826 * median) / Math.SQRT2), samples: all };
}

/** `histogram` holds at each DN how many samples have it, and nothing where none has. */
function clippedStatistics(histogram: readonly number[]): { mean: number; deviation: number; count: number } {
  const levels: (readonly [dn: number, count: number])[] = [];
  histogram.forEach((count, dn) => {
    levels.push([dn, count]);
  });
  const total = levels.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return { mean: Number.NaN, deviation: Number.NaN, count: 0 };
  const quantile = (share: number): number => {
    let below = 0;
    for (const [dn, count] of levels) {
      below += count;
      if (below >= share * total) return dn;
    }
    return Number.NaN;
  };
  const middle = quantile(0.5);
  // The middle half of a normal distribution is 1.349 deviations wide; whole numbers are never narrower than one.
  const sigma = Math.max(1, (quantile(0.75) - quantile(0.25)) / 1.349);
  const kept = levels.filter(([dn]) => Math.abs(dn - middle) <= clipSigmas * sigma);
  const count = kept.reduce((sum, [, n]) => sum + n, 0);
  const mean = kept.reduce((sum, [dn, n]) => sum + dn * n, 0) / count;
  const deviation = Math.sqrt(kept.reduce((sum, [dn, n]) => sum + n * (dn - mean) ** 2, 0) / count);
  return { mean, deviation, count };
}
