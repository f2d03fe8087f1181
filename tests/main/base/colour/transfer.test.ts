import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rec709Transfer, rec2020Transfer, srgbTransfer } from '../../../../main/base/colour/transfer.ts';

const all = [srgbTransfer, rec709Transfer, rec2020Transfer];

describe.each(all)('the curve of $name', ({ encodedFromLinear, linearFromEncoded }) => {
  it('keeps black and white', () => {
    expect([0, 1].map(encodedFromLinear)).toEqual([0, expect.closeTo(1, 12)]);
    expect([0, 1].map(linearFromEncoded)).toEqual([0, expect.closeTo(1, 12)]);
  });

  it('is undone by its inverse, below zero and above white too', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 4, noNaN: true }), (linear) => {
        expect(Math.abs(linearFromEncoded(encodedFromLinear(linear)) - linear)).toBeLessThan(1e-4);
      }),
    );
  });

  it('never falls', () => {
    const codes = Array.from({ length: 4097 }, (_, step) => encodedFromLinear(step / 4096));
    expect(codes.every((code, step) => step === 0 || code > (codes[step - 1] as number))).toBe(true);
  });
});

describe('transfer functions', () => {
  it('put known tones where the standards have them', () => {
    // Middle grey of 18 %, and half the code range: values that every handbook prints.
    expect(srgbTransfer.encodedFromLinear(0.18)).toBeCloseTo(0.4614, 4);
    expect(srgbTransfer.linearFromEncoded(0.5)).toBeCloseTo(0.214, 4);
    expect(srgbTransfer.linearFromEncoded(10 / 255)).toBeCloseTo(0.0030353, 7);
    expect(rec709Transfer.encodedFromLinear(0.18)).toBeCloseTo(0.409, 4);
    expect(rec709Transfer.linearFromEncoded(0.5)).toBeCloseTo(0.2596, 4);
    expect(rec2020Transfer.encodedFromLinear(0.18)).toBeCloseTo(0.4088, 4);
  });

  it('of BT.2020 joins line and power in value and in slope', () => {
    const knee = 0.018053968510807;
    const { encodedFromLinear } = rec2020Transfer;
    const step = 1e-7;
    expect(encodedFromLinear(knee * (1 + 1e-12))).toBeCloseTo(4.5 * knee, 12);
    expect((encodedFromLinear(knee + 2 * step) - encodedFromLinear(knee + step)) / step).toBeCloseTo(4.5, 3);
  });
});
