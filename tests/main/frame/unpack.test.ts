import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesPerMosaic, bytesPerMosaicRow, type MosaicLayout, packMosaic, unpackMosaic } from '../../../main/frame/unpack.ts';

function unpacked(bytes: number[], layout: MosaicLayout): number[] {
  const samples = new Uint16Array(layout.width * layout.height);
  unpackMosaic(Uint8Array.from(bytes), layout, samples);
  return [...samples];
}

describe('misuse', () => {
  const layout: MosaicLayout = { width: 4, height: 2, bits: 10, packing: 'mipi' };

  it('refuses a source that is too short and names both sizes', () => {
    expect(() => unpackMosaic(new Uint8Array(9), layout, new Uint16Array(8))).toThrow(
      'Expected at least 10 bytes but received 9',
    );
  });

  it('refuses a target that is too short', () => {
    expect(() => unpackMosaic(new Uint8Array(10), layout, new Uint16Array(7))).toThrow(
      'Expected at least 8 samples but received 7',
    );
  });

  it('refuses a stride shorter than a row', () => {
    expect(() => unpackMosaic(new Uint8Array(10), { ...layout, strideBytes: 4 }, new Uint16Array(8))).toThrow(
      'Expected a stride of at least 5 bytes but received 4',
    );
  });

  it.each([
    [11, 'mipi'],
    [16, 'mipi'],
    [7, 'unpacked'],
    [17, 'unpacked'],
  ] as const)('refuses %d bits %s', (bits, packing) => {
    expect(() => unpackMosaic(new Uint8Array(64), { ...layout, bits, packing }, new Uint16Array(8))).toThrow(
      `${bits} bits ${packing}`,
    );
  });
});

describe('bit layouts, written out by hand from the kernel documentation', () => {
  it('reads RAW10: four high bytes, then the low pairs from bit 0 up', () => {
    expect(unpacked([0xff, 0x00, 0x80, 0x01, 0b11_10_01_00], { width: 4, height: 1, bits: 10, packing: 'mipi' })).toEqual([
      0x3fc, 0x001, 0x202, 0x007,
    ]);
  });

  it('reads RAW12: two high bytes, then the low nibbles', () => {
    expect(unpacked([0xab, 0x12, 0x3c], { width: 2, height: 1, bits: 12, packing: 'mipi' })).toEqual([0xabc, 0x123]);
  });

  it('reads RAW14: four high bytes, then 24 low bits', () => {
    const lows = 0b000001 | (0b100000 << 6) | (0b111111 << 12) | (0b010101 << 18);
    const bytes = [0xff, 0x01, 0x00, 0x80, lows & 255, (lows >> 8) & 255, lows >> 16];
    expect(unpacked(bytes, { width: 4, height: 1, bits: 14, packing: 'mipi' })).toEqual([0x3fc1, 0x0060, 0x003f, 0x2015]);
  });

  it('reads little-endian words and bytes', () => {
    expect(unpacked([0x34, 0x12, 0xff, 0x03], { width: 2, height: 1, bits: 14, packing: 'unpacked' })).toEqual([0x1234, 0x03ff]);
    expect(unpacked([0, 255], { width: 2, height: 1, bits: 8, packing: 'unpacked' })).toEqual([0, 255]);
  });

  it('skips row padding and needs none after the last row', () => {
    const layout: MosaicLayout = { width: 2, height: 2, bits: 8, packing: 'unpacked', strideBytes: 4 };
    expect(bytesPerMosaic(layout)).toBe(6);
    expect(unpacked([1, 2, 99, 99, 3, 4], layout)).toEqual([1, 2, 3, 4]);
  });
});

const anyLayout = fc
  .record({
    width: fc.integer({ min: 1, max: 37 }),
    height: fc.integer({ min: 1, max: 5 }),
    depth: fc.constantFrom<readonly [number, 'unpacked' | 'mipi']>(
      [8, 'unpacked'],
      [8, 'mipi'],
      [9, 'unpacked'],
      [10, 'unpacked'],
      [12, 'unpacked'],
      [16, 'unpacked'],
      [10, 'mipi'],
      [12, 'mipi'],
      [14, 'mipi'],
    ),
    padding: fc.integer({ min: 0, max: 19 }),
  })
  .map(({ width, height, depth: [bits, packing], padding }): MosaicLayout => {
    const strideBytes = bytesPerMosaicRow({ width, bits, packing }) + padding;
    return { width, height, bits, packing, strideBytes };
  });

describe('properties', () => {
  it('unpack undoes pack for every layout, stride and alignment', () => {
    const cases = fc.tuple(anyLayout, fc.integer({ min: 0, max: 3 }), fc.infiniteStream(fc.integer({ min: 0, max: 65535 })));
    fc.assert(
      fc.property(cases, ([layout, offset, stream]) => {
        const mask = 2 ** layout.bits - 1;
        const samples = Uint16Array.from({ length: layout.width * layout.height }, () => (stream.next().value as number) & mask);
        const bytes = new Uint8Array(bytesPerMosaic(layout) + offset).subarray(offset);
        const back = new Uint16Array(samples.length);
        packMosaic(samples, layout, bytes);
        unpackMosaic(bytes, layout, back);
        expect(back).toEqual(samples);
      }),
    );
  });

  it('pack undoes unpack bit by bit where a row fills whole bytes', () => {
    const whole = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(10, 12, 14),
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
    );
    fc.assert(
      fc.property(whole, ([groups, bits, stream]) => {
        const layout: MosaicLayout = { width: groups * 4, height: 2, bits, packing: 'mipi' };
        const bytes = Uint8Array.from({ length: bytesPerMosaic(layout) }, () => stream.next().value as number);
        const samples = new Uint16Array(layout.width * layout.height);
        const back = new Uint8Array(bytes.length);
        unpackMosaic(bytes, layout, samples);
        packMosaic(samples, layout, back);
        expect(back).toEqual(bytes);
      }),
    );
  });

  it('keeps every sample below 2^bits and writes nothing beyond the mosaic', () => {
    fc.assert(
      fc.property(anyLayout, (layout) => {
        const samples = new Uint16Array(layout.width * layout.height + 2).fill(7);
        unpackMosaic(new Uint8Array(bytesPerMosaic(layout)).fill(255), layout, samples);
        const expected = layout.packing === 'mipi' || layout.bits === 8 ? 2 ** layout.bits - 1 : 65535;
        expect(samples.subarray(0, -2).every((sample) => sample === expected)).toBe(true);
        expect([...samples.subarray(-2)]).toEqual([7, 7]);
      }),
    );
  });
});
