import type { ShadingGrid } from '../../main/frame/frame-meta.ts';
import type { ReferenceMosaic } from './reference-fast-isp.ts';
import { seededRandom, syntheticMosaic } from './synthetic-mosaic.ts';

const random = seededRandom(7);
const shading: ShadingGrid = { rows: 4, columns: 5, gains: Float32Array.from({ length: 80 }, () => 1 + random() / 2) };

/**
 * A mosaic of a sensor that is measured: noise, ramps and edges with hot and dead samples, alone and in twos, some of which a map knows: at
 * corners, edges and borders of strips.
 */
export function defectiveMosaic(width: number, height: number): ReferenceMosaic {
  const { samples, sensor } = syntheticMosaic('GRBG', width, height);
  const place = seededRandom(5);
  for (let count = 0; count < (width * height) / 80; count++) {
    const at = Math.floor(place() * (width * height - 3));
    const level = place() < 0.7 ? 1023 : 0;
    samples[at] = level;
    if (count % 3 > 0) samples[at + (count % 3)] = level;
  }
  const rows = [0, 1, 14, 15, 16, 17, 126, 127, 128, 179, 180, height - 2, height - 1].filter((row) => row < height);
  const defects = rows.flatMap((row) => [0, 1, (row * 7) % width, width - 1].map((column) => row * width + column));
  for (const position of defects) samples[position] = 1023;
  const known = Uint32Array.from(new Set(defects)).sort();
  return { width, height, samples, sensor: { ...sensor, defects: known, shading, noise: { slope: 0.4, offset: 20 } } };
}
