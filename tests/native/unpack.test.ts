import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesPerMosaic, bytesPerMosaicRow, unpackMosaic as referenceUnpack } from '../../main/frame/unpack.ts';
import { buildAddon, obstacleToBuild } from '../../native/v4l2-camera/build.mjs';
import { type MosaicLayout, unpackMosaic, unpackPaths } from '../../native/v4l2-camera/index.ts';

const obstacle = obstacleToBuild();

const layouts = fc
  .record({
    packed: fc.constantFrom(
      ...[8, 10, 12, 14].map((bits) => ({ bits, packing: 'mipi' as const })),
      ...[8, 9, 10, 11, 12, 13, 14, 15, 16].map((bits) => ({ bits, packing: 'unpacked' as const })),
    ),
    width: fc.integer({ min: 1, max: 150 }),
    height: fc.integer({ min: 1, max: 4 }),
    paddingBytes: fc.integer({ min: 0, max: 33 }),
  })
  .map(({ packed, width, height, paddingBytes }): Required<MosaicLayout> => {
    const layout = { ...packed, width, height };
    return { ...layout, strideBytes: bytesPerMosaicRow(layout) + paddingBytes };
  });

const inputs = layouts.chain((layout) => {
  const bytes = bytesPerMosaic(layout);
  return fc.record({ layout: fc.constant(layout), source: fc.uint8Array({ minLength: bytes, maxLength: bytes }) });
});

describe.skipIf(obstacle !== undefined)(`native unpackers${obstacle === undefined ? '' : `: skipped, ${obstacle}`}`, () => {
  beforeAll(async () => void (await buildAddon()), 300_000);

  const layout: MosaicLayout = { width: 4, height: 2, bits: 10, packing: 'mipi' };

  it.each([
    ['a source that is too short', new Uint8Array(9), layout, new Uint16Array(8), 'at least 10 bytes for source'],
    ['a target that is too short', new Uint8Array(10), layout, new Uint16Array(7), 'at least 8 samples for samples'],
    ['bits without a packing', new Uint8Array(99), { ...layout, bits: 11 }, new Uint16Array(8), '8, 10, 12 or 14 bits'],
    ['a stride shorter than a row', new Uint8Array(99), { ...layout, strideBytes: 4 }, new Uint16Array(8), 'layout.strideBytes'],
    ['a fraction', new Uint8Array(99), { ...layout, width: 1.5 }, new Uint16Array(8), 'layout.width but received 1.5'],
  ])('refuses %s', (_, source, wrong, samples, message) => {
    expect(() => unpackMosaic(source, wrong, samples)).toThrow(message);
  });

  it('gives the samples of the reference on every path, for any size, stride, depth and packing', () => {
    const paths = unpackPaths();
    expect(paths).toContain('scalar');
    fc.assert(
      fc.property(inputs, ({ layout, source }) => {
        const expected = new Uint16Array(layout.width * layout.height);
        referenceUnpack(source, layout, expected);
        for (const path of paths) {
          const actual = new Uint16Array(expected.length);
          unpackMosaic(source, layout, actual, path);
          expect(actual).toEqual(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('writes into shared memory at any alignment of the source', () => {
    const bytes = new Uint8Array(1 + 20).fill(0xff);
    const samples = new Uint16Array(new SharedArrayBuffer(32));
    unpackMosaic(bytes.subarray(1), { width: 8, height: 2, bits: 10, packing: 'mipi' }, samples);
    expect([...samples]).toEqual(new Array(16).fill(0x3ff));
  });
});
