import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { groundTruth } from '../../../../main/camera/simulator/ground-truth.ts';
import { coveringPicture, linearPictureOf } from '../../../../main/camera/simulator/linear-picture.ts';

describe('misuse', () => {
  it('refuses what is no PNG and names it', () => {
    expect(() => linearPictureOf(new Uint8Array([1, 2, 3]), 'rose.jpg')).toThrow(
      /^Expected a PNG for rose.jpg but it cannot be read: /,
    );
  });

  it('refuses a PNG of one bit', () => {
    const png = encode({ width: 8, height: 1, channels: 1, depth: 1, data: new Uint8Array([0b10101010]) });
    expect(() => linearPictureOf(png, 'fax.png')).toThrow('Expected a PNG of 8 or 16 bits a channel for fax.png but received 1');
  });
});

describe('linear light', () => {
  // Codes and their light by IEC 61966-2-1, from tables.
  const [black, low, middle, white] = [0, 0.0103298, 0.2140411, 1];

  it('of 8 bits', () => {
    const data = new Uint8Array([0, 26, 127.5, 255, 255, 0]);
    const { pixels } = linearPictureOf(encode({ width: 2, height: 1, channels: 3, depth: 8, data }), 'a.png');
    expect([...pixels]).toEqual([black, low, 0.2122307, white, white, black].map((light) => expect.closeTo(light, 4)));
  });

  it('of 16 bits, finer than 8', () => {
    const data = new Uint16Array([0, 32_767.5, 65_535, 100, 101, 102]);
    const { pixels } = linearPictureOf(encode({ width: 2, height: 1, channels: 3, depth: 16, data }), 'b.png');
    expect([...pixels.subarray(0, 3)]).toEqual([black, middle, white].map((light) => expect.closeTo(light, 4)));
    expect((pixels[4] as number) - (pixels[3] as number)).toBeCloseTo(1 / 65_535 / 12.92, 8);
  });

  it('of grey and of transparent pixels', () => {
    const grey = linearPictureOf(encode({ width: 1, height: 1, channels: 1, depth: 8, data: new Uint8Array([255]) }), 'c.png');
    expect([...grey.pixels]).toEqual([1, 1, 1]);
    const half = new Uint8Array([255, 255, 255, 51]);
    const clear = linearPictureOf(encode({ width: 1, height: 1, channels: 4, depth: 8, data: half }), 'd.png');
    expect([...clear.pixels]).toEqual([0.2, 0.2, 0.2].map((light) => expect.closeTo(light, 6)));
  });
});

describe('covering', () => {
  const ramp = { width: 64, height: 36, pixels: Float32Array.from({ length: 64 * 36 * 3 }, (_, i) => Math.floor(i / 3) % 64) };

  it('keeps a picture of the same size', () => {
    expect(coveringPicture(ramp, 64, 36)).toEqual(ramp.pixels);
  });

  it('averages light where it shrinks and goes between pixels where it grows', () => {
    const small = coveringPicture(ramp, 16, 9);
    for (let column = 1; column < 15; column++) expect(small[column * 3]).toBeCloseTo(column * 4 + 1.5, 4);
    const large = coveringPicture(ramp, 128, 72);
    for (let column = 1; column < 127; column++) expect(large[column * 3]).toBeCloseTo(column / 2 - 0.25, 4);
  });

  it('cuts what does not fit from both sides', () => {
    const cut = coveringPicture(ramp, 36, 36);
    expect([cut[0], cut[35 * 3]]).toEqual([14, 49]);
  });
});

describe('as a scene', () => {
  it('has its own colours in the truth, and those that the light gives it', () => {
    const [width, height] = [32, 18];
    const colour = [0.6, 0.3, 0.1];
    const picture = {
      width,
      height,
      pixels: Float32Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3] as number),
    };
    const reference = groundTruth({ scene: 'user-image', width, height, picture }).srgb('reference');
    expect([...reference.subarray(0, 3)]).toEqual(colour.map((light) => expect.closeTo(light, 6)));
    const warm = groundTruth({ scene: 'user-image', width, height, picture, settings: { illuminantKelvin: 2700 } });
    const [red, green, blue] = warm.srgb('seen') as unknown as [number, number, number];
    expect(red / green).toBeGreaterThan(2.2);
    expect(blue / green).toBeLessThan(1 / 3);
  });

  it('without a picture asks for one', () => {
    const light = groundTruth({ scene: 'user-image', width: 320, height: 180 }).srgb('reference');
    const letters = light.filter((value) => value > 0.6).length / light.length;
    expect(letters).toBeGreaterThan(0.003);
    expect(letters).toBeLessThan(0.1);
  });
});
