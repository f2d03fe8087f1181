import { describe, expect, it } from 'vitest';
import { fitPhotonTransfer, type PhotonTransferPoint } from '../../../main/base/photon-transfer.ts';
import { normalNumbers } from '../../support/random.ts';

/** Points on a line, each with the error that a variance of `samples` pixels has. */
function points(slope: number, offset: number, count: number, samples: number): PhotonTransferPoint[] {
  const normal = normalNumbers(5);
  return Array.from({ length: count }, (_, index) => {
    const signal = 20 + (index * 4000) / count;
    const variance = (slope * signal + offset) * (1 + normal() * Math.sqrt(2 / (samples - 1)));
    return { signal, variance, samples };
  });
}

describe('photon transfer', () => {
  it.each([
    [[], 'at least three patches of different brightness but received 0'],
    [Array.from({ length: 4 }, () => ({ signal: 7, variance: 3 })), 'received only 7 DN'],
    [
      [
        { signal: 1, variance: 1 },
        { signal: 2, variance: Number.NaN },
        { signal: 3, variance: 2 },
      ],
      'received 2 and NaN',
    ],
  ])('refuses %j', (list, message) => {
    expect(() => fitPhotonTransfer(list)).toThrow(message);
  });

  it('finds an exact line', () => {
    const exact = [10, 200, 3000, 9000].map((signal) => ({ signal, variance: 2.1 * signal + 121 }));
    const { slope, offset, outliers } = fitPhotonTransfer(exact);
    expect(slope).toBeCloseTo(2.1, 9);
    expect(offset).toBeCloseTo(121, 6);
    expect(outliers).toEqual([]);
  });

  it('finds the line of noisy patches within their own uncertainty', () => {
    const { slope, offset } = fitPhotonTransfer(points(2.1, 121, 60, 800));
    // Sixty variances of 800 pixels: the slope is known to about 5 % / √60 times 1.3.
    expect(Math.abs(slope / 2.1 - 1)).toBeLessThan(0.025);
    expect(Math.abs(offset / 121 - 1)).toBeLessThan(0.15);
  });

  it('lets textured and clipped patches have no say, and names them', () => {
    const good = points(0.5, 4, 24, 2000);
    const textured = [3, 9, 15].map((index) => ({ ...(good[index] as PhotonTransferPoint), variance: 5000 }));
    const clipped = [{ signal: 4090, variance: 0.1, samples: 2000 }];
    const { slope, offset, outliers } = fitPhotonTransfer([...good, ...textured, ...clipped]);
    const alone = fitPhotonTransfer(good);
    expect(outliers).toEqual([24, 25, 26, 27]);
    expect(slope).toBeCloseTo(alone.slope, 2);
    expect(Math.abs(offset - alone.offset)).toBeLessThan(0.3);
  });
});
