import { describe, expect, it } from 'vitest';
import type { Operator } from '../../../../main/isp/operator.ts';
import { defectCapacity, defectMap } from '../../../../main/isp/operators/defect-map.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { type Light, largestDifference, lightOf, mapLight, mirrored, runOperators } from '../../../support/raw-light.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

const [width, height] = [40, 26];
/** Corners, edges, a couplet of one colour, a column of three, and a sample whose eight neighbours are all wrong. */
const block = [-2, 0, 2].flatMap((row) => [-2, 0, 2].map((column) => (16 + row) * width + 24 + column));
const defects = Uint32Array.from([0, 5, 39, 25 * 40, 1039, 7 * 40, 8 * 40 + 1, 300, 302, 411, 491, 571, ...block]).sort();
const plain = syntheticMosaic('BGGR', width, height);
/** A map with room for 256 defects, on planes. */
const chain = [pack, defectMap(256), unpack];
const mosaic = { ...plain, sensor: { ...plain.sensor, defects } };

/** Facing neighbours of one colour, weighted by their agreement; single good ones count a little. */
function patched(light: Light): Float64Array {
  const at = mirrored(light);
  const isDefect = mirrored({
    ...light,
    samples: Uint8Array.from({ length: width * height }, (_, p) => Number(defects.includes(p))),
  });
  return mapLight(light, (row, column) => {
    if (!isDefect(row, column)) return at(row, column);
    let [sum, total] = [0, 0];
    for (const [r, c] of [
      [0, 2],
      [2, 0],
      [2, 2],
      [2, -2],
    ] as const) {
      const ends = [-1, 1].map((sign) => ({
        value: at(row + sign * r, column + sign * c),
        isGood: isDefect(row + sign * r, column + sign * c) === 0,
      }));
      const [a, b] = ends as [(typeof ends)[0], (typeof ends)[0]];
      const agreement = a.isGood && b.isGood ? 1 / (Math.abs(a.value - b.value) + 1e-3) ** 2 : 0;
      for (const { value, isGood } of ends) {
        if (!isGood) continue;
        sum += (agreement + 1e-3) * value;
        total += agreement + 1e-3;
      }
    }
    return sum / Math.max(total, 1e-6);
  });
}

describe('a map of defects', () => {
  it('is refused where it has outgrown the loaded graph', async () => {
    const full = { ...mosaic, sensor: { ...mosaic.sensor, defects: Uint32Array.from({ length: 300 }, (_, index) => index) } };
    await expect(runOperators(full, chain)).rejects.toThrow('Expected at most 256 defects for the loaded stage but received 300');
    expect(defectCapacity(full.sensor)).toBe(512);
    expect(defectCapacity(plain.sensor)).toBe(256);
  });

  for (const [name, cut] of [
    ['by lists', 'frame'],
    ['where they lie', 'rows'],
  ] as const) {
    const patch = (of: typeof plain, operators: readonly Operator[]): Promise<number[]> =>
      runOperators(of, operators, {}, [], cut);

    it(`changes nothing where it is empty, ${name}`, async () => {
      expect(await patch(plain, chain)).toEqual(await runOperators(plain, []));
    });

    // Ends that nearly agree have large weights, which magnify the rounding of their difference.
    it(`is patched as its double-precision reference says, clusters, corners and mirrored copies included, ${name}`, async () => {
      expect(largestDifference(await patch(mosaic, chain), patched(lightOf(mosaic)))).toBeLessThan(2e-5);
    });

    it(`leaves no defect in what a frame mirrors beyond its edge, ${name}`, async () => {
      const second = { ...defectMap(256), inputs: () => ({}) };
      const again = await patch(mosaic, [pack, defectMap(256), second, unpack]);
      const twoSteps = patched({ width, height, samples: patched(lightOf(mosaic)) });
      expect(largestDifference(again, twoSteps)).toBeLessThan(2e-5);
    });
  }

  it('may name a defect twice, and one that lies outside of the frame', async () => {
    const twice = {
      ...mosaic,
      sensor: { ...mosaic.sensor, defects: Uint32Array.from([...defects, ...defects, width * height + 7]) },
    };
    expect(await runOperators(twice, chain)).toEqual(await runOperators(mosaic, chain));
    expect(await runOperators(twice, chain, {}, [], 'rows')).toEqual(await runOperators(mosaic, chain, {}, [], 'rows'));
  });
});
