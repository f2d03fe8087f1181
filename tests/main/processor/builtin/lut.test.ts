import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCube } from '../../../../main/processor/builtin/cube-file.ts';
import { lutProcessor } from '../../../../main/processor/builtin/lut.ts';
import { largestError, processed, randomVideo, reference, sampleOf } from './processed.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camera-lab-lut-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function cube(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

/** Linear in each channel, so that every trilinear interpolation of it is exact; the channels mix. */
const mixed = (r: number, g: number, b: number): [number, number, number] => [
  0.5 * r + 0.3 * g * b,
  0.9 * g - 0.1 * r * b,
  b * r,
];

describe('a file that is no table', () => {
  const broken: [string, string, string][] = [
    ['no size', '0 0 0', 'Expected LUT_1D_SIZE or LUT_3D_SIZE in x.cube but received neither'],
    ['a size of one', 'LUT_3D_SIZE 1', 'Expected one size from 2 to 129 for line 1 of x.cube but received LUT_3D_SIZE 1'],
    ['two sizes', 'LUT_3D_SIZE 2\nLUT_1D_SIZE 2', 'for line 2 of x.cube but received LUT_1D_SIZE 2'],
    ['words', 'LUT_1D_SIZE 2\n0 0 zero', 'Expected three numbers for line 2 of x.cube but received 0 0 zero'],
    ['an entry too few', 'LUT_1D_SIZE 2\n0 0 0', 'Expected 2 entries in x.cube but received 1'],
    [
      'an empty domain',
      'LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1',
      'Expected DOMAIN_MIN below DOMAIN_MAX in x.cube but received 1,1,1',
    ],
  ];
  it.each(broken)('is refused with the line: %s', (_, text, message) => {
    expect(() => parseCube(text, 'x.cube')).toThrow(message);
  });

  it('is refused where it cannot be read', async () => {
    const lut_path = join(folder, 'missing.cube');
    await expect(processed(lutProcessor, randomVideo(1), { lut_path })).rejects.toThrow(
      'Expected a readable .cube file but received',
    );
  });
});

describe('a look-up table', () => {
  it('changes nothing without a file', async () => {
    const video = randomVideo(14);
    expect(largestError(await processed(lutProcessor, video, {}), [...video])).toBeLessThan(1e-6);
  });

  it('of three dimensions is interpolated between its entries, red fastest', async () => {
    const size = 4;
    const entries = Array.from({ length: size ** 3 }, (_, index) => {
      const at = [index % size, Math.floor(index / size) % size, Math.floor(index / size ** 2)].map((step) => step / (size - 1));
      return mixed(at[0] as number, at[1] as number, at[2] as number).join(' ');
    });
    const lut_path = await cube('three.cube', ['TITLE "mixed"', '# comment', 'LUT_3D_SIZE 4', ...entries, ''].join('\r\n'));
    const video = randomVideo(15);
    const expected = reference((row, column, channel) => {
      const [r, g, b] = [0, 1, 2].map((c) => sampleOf(video, row, column, c)) as [number, number, number];
      return 0.4 * ([r, g, b][channel] as number) + 0.6 * (mixed(r, g, b)[channel] as number);
    });
    expect(largestError(await processed(lutProcessor, video, { lut_path, lut_strength: 0.6 }), expected)).toBeLessThan(2e-6);
  });

  it('of one dimension is a curve for each channel, over its domain', async () => {
    const text = 'LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 1 1\n0 1 0\n0.5 0.5 0.1\n1 0 1\n';
    const lut_path = await cube('one.cube', text);
    const video = randomVideo(16);
    const expected = reference((row, column, channel) => {
      const value = sampleOf(video, row, column, channel);
      return [value / 2, 1 - value, value < 0.5 ? value / 5 : 0.1 + 1.8 * (value - 0.5)][channel] as number;
    });
    expect(largestError(await processed(lutProcessor, video, { lut_path }), expected)).toBeLessThan(1e-6);
  });
});
