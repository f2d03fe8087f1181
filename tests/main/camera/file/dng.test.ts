import { describe, expect, it } from 'vitest';
import { readRawFile } from '../../../../main/camera/file/raw-file.ts';
import { tunedSensor } from '../../../../main/tuning/tuned-sensor.ts';
import { type DirectoryPlan, dngBlock, type TagValue, writeTiff } from './dng-writer.ts';
import { temporaryFiles } from './temporary-files.ts';

const files = temporaryFiles();
const width = 6;
const height = 4;
const pixels = [...Array(width * height).keys()];

/** Tags of a valid raw directory, which a test then spoils. */
function rawTags(bits: number, extra: Readonly<Record<number, TagValue>> = {}): Record<number, TagValue> {
  return {
    254: [4, 0],
    256: [3, width],
    257: [3, height],
    258: [3, bits],
    259: [3, 1],
    262: [3, 32803],
    277: [3, 1],
    278: [3, height],
    33421: [3, 2, 2],
    33422: [1, 0, 1, 1, 2],
    50717: [4, 2 ** bits - 1],
    ...extra,
  };
}

const dngVersion: Record<number, TagValue> = { 50706: [1, 1, 4, 0, 0] };

function plan(bits: number, littleEndian: boolean, extra: Readonly<Record<number, TagValue>> = {}): DirectoryPlan {
  const blocks = [
    dngBlock(
      pixels.map((pixel) => pixel * 10),
      width,
      bits,
      littleEndian,
    ),
  ];
  return { tags: { ...rawTags(bits, extra), ...dngVersion }, blocks };
}

async function failureOf(content: Uint8Array): Promise<unknown> {
  const path = await files.write('bad.dng', content);
  return readRawFile(path).catch((error: unknown) => error);
}

describe('misuse', () => {
  it.each<[string, Record<number, TagValue>, string, string]>([
    ['compressed', { 259: [3, 7] }, 'file.dng-compressed', 'compressed with lossless JPEG'],
    ['compressed in an unknown way', { 259: [3, 12345] }, 'file.dng-compressed', 'compressed with scheme 12345'],
    ['demosaicked', { 262: [3, 34892] }, 'file.not-mosaic', 'already demosaicked picture (LinearRaw)'],
    ['an RGB picture', { 262: [3, 2] }, 'file.not-mosaic', 'no colour filter array image'],
    ['X-Trans', { 33421: [3, 6, 6] }, 'file.dng-cfa', 'has a 6x6 pattern'],
    ['of 11 bits', { 258: [3, 11] }, 'file.dng-samples', 'received 11 bits'],
    ['floating point', { 339: [3, 3] }, 'file.dng-samples', 'sample format 3'],
    ['of three samples', { 277: [3, 3] }, 'file.dng-samples', '3 samples per pixel'],
    ['black above white', { 50714: [3, 300], 50717: [3, 255] }, 'file.dng-levels', 'below the white level 255'],
    ['with an area outside', { 50829: [4, 0, 0, 40, 60] }, 'file.dng-area', 'inside 6x4'],
    ['without size', { 256: [3, 0] }, 'file.dng-size', 'received 0x4'],
    ['with too few strips', { 278: [3, 1] }, 'file.dng-layout', 'Expected 4 strips or tiles'],
  ])('refuses a DNG that is %s', async (_, extra, code, message) => {
    const failure = await failureOf(writeTiff(plan(16, true, extra), true));
    expect(failure).toMatchObject({ code, exitCode: 2, message: expect.stringContaining(message) });
  });

  it('refuses a TIFF that is no DNG', async () => {
    const failure = await failureOf(writeTiff({ tags: rawTags(16) }, true));
    expect(failure).toMatchObject({ code: 'file.not-dng', action: expect.stringContaining('Convert') });
  });

  it('refuses a BigTIFF', async () => {
    expect(await failureOf(Uint8Array.from([0x49, 0x49, 43, 0, 8, 0, 0, 0, 0, 0]))).toMatchObject({ code: 'file.big-tiff' });
  });

  it('refuses a file that was cut off at any byte, and never reads beyond it', async () => {
    const whole = writeTiff(plan(16, true, { 50728: [5, 1, 2, 1, 1, 2, 3] }), true);
    for (let length = 4; length < whole.length - 1; length += 7) {
      expect(await failureOf(whole.subarray(0, length)), `${length} bytes`).toMatchObject({
        code: 'file.truncated',
        exitCode: 2,
      });
    }
  });

  it('survives directories that link to each other', async () => {
    const bytes = writeTiff(plan(16, true), true);
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(4, true);
    view.setUint32(directory + 2 + 12 * view.getUint16(directory, true), directory, true);
    expect((await readRawFile(await files.write('loop.dng', bytes))).width).toBe(width);
  });
});

describe('samples', () => {
  it.each([8, 10, 12, 14, 16])('reads %d bits in either byte order', async (bits) => {
    for (const littleEndian of [true, false]) {
      const { samples, sensor } = await readRawFile(
        await files.write('shot.dng', writeTiff(plan(bits, littleEndian), littleEndian)),
      );
      expect([...samples]).toEqual(pixels.map((pixel) => pixel * 10));
      expect(sensor).toMatchObject({ cfa: 'RGGB', bits, whiteLevel: 2 ** bits - 1, blackLevels: [0, 0, 0, 0] });
    }
  });

  it('reads several strips, the last one short', async () => {
    const blocks = [pixels.slice(0, 18), pixels.slice(18)].map((part) => dngBlock(part, width, 12, true));
    const tags = { ...rawTags(12, { 278: [3, 3] }), ...dngVersion };
    const { samples } = await readRawFile(await files.write('strips.dng', writeTiff({ tags, blocks }, true)));
    expect([...samples]).toEqual(pixels);
  });

  it('reads tiles that reach over the edges', async () => {
    const tile = (left: number, top: number): Uint8Array => {
      const inside = [...Array(16).keys()].map((index) => ({ x: left + (index % 4), y: top + Math.floor(index / 4) }));
      return dngBlock(
        inside.map(({ x, y }) => (x < width && y < height ? y * width + x : 999)),
        4,
        12,
        false,
      );
    };
    const tags = { ...rawTags(12, { 322: [3, 4], 323: [3, 4] }), ...dngVersion };
    const blocks = [tile(0, 0), tile(4, 0)];
    const { samples } = await readRawFile(await files.write('tiles.dng', writeTiff({ tags, blocks, tiled: true }, false)));
    expect([...samples]).toEqual(pixels);
  });

  it('applies a linearisation table, with its last entry for all that is above', async () => {
    const table = [...Array(10).keys()].map((index) => index * 100);
    const tagged = plan(8, true, { 50712: [3, ...table], 50717: [4, 65535] });
    const { samples, sensor } = await readRawFile(await files.write('table.dng', writeTiff(tagged, true)));
    expect([...samples.subarray(0, 3)]).toEqual([0, 900, 900]);
    expect(sensor).toMatchObject({ bits: 16, whiteLevel: 65535 });
  });
});

describe('meaning', () => {
  it('finds the full-size mosaic in a SubIFD behind a preview', async () => {
    const raw: DirectoryPlan = { tags: rawTags(16), blocks: [dngBlock(pixels, width, 16, true)] };
    const reduced: DirectoryPlan = {
      tags: rawTags(16, { 254: [4, 1] }),
      blocks: [dngBlock(pixels.toReversed(), width, 16, true)],
    };
    const preview: DirectoryPlan = { tags: { ...dngVersion, 254: [4, 1], 262: [3, 2] }, subDirectories: [reduced, raw] };
    const { samples } = await readRawFile(await files.write('preview.dng', writeTiff(preview, true)));
    expect([...samples]).toEqual(pixels);
  });

  it('crops to the ActiveArea at an odd offset, keeps the order that counts from its corner and makes the size even', async () => {
    const blocks = [dngBlock(pixels, width, 16, true)];
    const tags = { ...rawTags(16, { 50829: [3, 1, 1, 4, 6], 33422: [1, 1, 2, 0, 1] }), ...dngVersion };
    const image = await readRawFile(await files.write('area.dng', writeTiff({ tags, blocks }, true)));
    expect([image.width, image.height, image.sensor.cfa]).toEqual([4, 2, 'GBRG']);
    expect([...image.samples]).toEqual([7, 8, 9, 10, 13, 14, 15, 16]);
  });

  it('takes black by position of the cell and averages a larger block', async () => {
    const byCell = plan(16, true, { 50713: [3, 2, 2], 50714: [5, 100, 1, 201, 2, 102, 1, 103, 1] });
    expect((await readRawFile(await files.write('cell.dng', writeTiff(byCell, true)))).sensor.blackLevels).toEqual([
      100, 100.5, 102, 103,
    ]);
    const byRow = plan(16, true, { 50713: [3, 4, 1], 50714: [3, 10, 20, 30, 40] });
    expect((await readRawFile(await files.write('row.dng', writeTiff(byRow, true)))).sensor.blackLevels).toEqual([
      20, 20, 30, 30,
    ]);
  });

  it('turns AsShotNeutral into gains and the D65 matrix into sRGB from camera', async () => {
    const xyzToSrgb = [3.2404542, -1.5371385, -0.4985314, -0.969266, 1.8760108, 0.041556, 0.0556434, -0.2040259, 1.0572252];
    const rationals = xyzToSrgb.flatMap((value) => [Math.round(value * 1e6), 1e6]);
    const colour = plan(16, true, {
      50728: [5, 1, 2, 1, 1, 4, 5],
      50721: [10, ...rationals],
      50778: [3, 21],
      50722: [10, ...rationals.toReversed()],
    });
    const { whiteBalance, srgbFromCamera } = (await readRawFile(await files.write('colour.dng', writeTiff(colour, true)))).sensor;
    expect(whiteBalance).toEqual([2, 1, 1.25]);
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
    expect(srgbFromCamera?.every((value, index) => Math.abs(value - (identity[index] as number)) < 1e-4)).toBe(true);
  });
});

describe('a geometry beside a DNG, which has its own', () => {
  const own = { width, height, cfa: 'GRBG', bits: 12, packing: 'unpacked', blackLevel: 16, whiteLevel: 4095 } as const;
  const written = (): Promise<string> =>
    files.write('own.dng', writeTiff(plan(12, true, { 33422: [1, 1, 0, 2, 1], 50714: [5, 65, 4] }), true));

  it.each([
    ['width', { width: 8 }, 'Expected 6 as the width of'],
    ['height', { height: 6 }, 'Expected 4 as the height of'],
    ['CFA order', { cfa: 'RGGB' }, 'Expected GRBG as the CFA order of'],
    ['bits', { bits: 14 }, 'Expected 12 as the bits of'],
    ['black level', { blackLevel: 64 }, 'Expected 16.25 as the black level of'],
    ['white level', { whiteLevel: 4000 }, 'Expected 4095 as the white level of'],
  ] as const)('is refused where it contradicts the %s', async (_what, change, message) => {
    const error = await readRawFile(await written(), { ...own, ...change }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: 2, action: 'Leave the geometry out.', message: expect.stringContaining(message) });
  });

  it('is taken where it says the same', async () => {
    const path = await written();
    expect(await readRawFile(path, own)).toEqual(await readRawFile(path));
  });
});

describe('masked areas', () => {
  /**
   * Masked rows above and columns left of what light reaches, both odd in number, so that cells of the readout are not those of the
   * picture.
   */
  const [readoutWidth, readoutHeight, top, left] = [61, 47, 9, 13];
  const activeArea: TagValue = [4, top, left, readoutHeight, readoutWidth];
  const bothAreas: TagValue = [4, 0, 0, top, readoutWidth, top, 0, readoutHeight, left];
  /** Black of the picture's cell: top left, top right, bottom left, bottom right. */
  const black = [100, 103, 98, 110] as const;
  const light = 500;

  async function read(tags: Readonly<Record<number, TagValue>>, change: (readout: number[]) => void = () => undefined) {
    const readout = Array.from({ length: readoutWidth * readoutHeight }, (_, index) => {
      const [row, column] = [Math.floor(index / readoutWidth) - top, (index % readoutWidth) - left];
      const dn = black[(Math.abs(row) % 2) * 2 + (Math.abs(column) % 2)] as number;
      return row < 0 || column < 0 ? dn : dn + light;
    });
    change(readout);
    const size: Record<number, TagValue> = { 256: [3, readoutWidth], 257: [3, readoutHeight], 278: [3, readoutHeight] };
    const all = { ...rawTags(12), ...size, ...dngVersion, 50829: activeArea, ...tags };
    const blocks = [dngBlock(readout, readoutWidth, 12, true)];
    return readRawFile(await files.write('masked.dng', writeTiff({ tags: all, blocks }, true)));
  }

  it('tell black in place of BlackLevel, by the cell of the picture, with a hot sample left out', async () => {
    const image = await read({ 50714: [3, 64], 50830: bothAreas }, (readout) => {
      readout[3 * readoutWidth + 7] = 4000;
    });
    expect(image.sensor.blackLevels).toEqual(black);
    const rationals = black.flatMap((dn) => [dn, 1]);
    expect(image).toEqual(await read({ 50713: [3, 2, 2], 50714: [5, ...rationals] }));
    expect([...image.samples.subarray(0, 2)]).toEqual([black[0] + light, black[1] + light]);
  });

  it('leave BlackLevel as it is where they are small or see light', async () => {
    const few: TagValue = [4, 0, 0, 2, 2];
    expect((await read({ 50714: [3, 64], 50830: few })).sensor.blackLevels).toEqual([64, 64, 64, 64]);
    const lit = await read({ 50714: [3, 64], 50830: bothAreas }, (readout) => readout.fill(2100));
    expect(lit.sensor.blackLevels).toEqual([64, 64, 64, 64]);
  });

  it.each<[string, TagValue]>([
    ['partly outside', [4, top, 0, readoutHeight + 1, left]],
    ['inside out', [4, top, left, 0, 0]],
    ['half a rectangle', [4, 0, 0]],
  ])('leave BlackLevel and the picture as they are where they are %s', async (_, areas) => {
    const tags: Record<number, TagValue> = { 50714: [3, 64] };
    expect(await read({ ...tags, 50830: areas })).toEqual(await read(tags));
  });

  it('tell black by those that lie inside', async () => {
    const [type, ...inside] = bothAreas;
    const image = await read({ 50714: [3, 64], 50830: [type, ...inside, top, 0, readoutHeight + 1, left] });
    expect(image.sensor.blackLevels).toEqual(black);
  });

  it('give way to the black levels of a tuning', async () => {
    const { width: columns, height: rows, sensor } = await read({ 50830: bothAreas });
    const tuning = { camera: 'a', blackLevels: [{ gain: 1, levels: [70, 71, 72, 73] as [number, number, number, number] }] };
    const conditions = { gain: 1, cctKelvin: 5000, width: columns, height: rows };
    const tuned = tunedSensor({ format: 'camera-lab-tuning', version: 2, ...tuning }, sensor, conditions);
    expect(tuned.blackLevels).toEqual([70, 71, 72, 73]);
  });
});
