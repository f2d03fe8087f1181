import { describe, expect, it } from 'vitest';
import { isReached, judge, type QualityFigure, qualityText } from '../../bench/quality.ts';

const provenance = { machine: 'a machine', versions: { node: '24' }, commit: 'abc' };
const figure = (changed: Partial<QualityFigure> = {}): QualityFigure => ({
  ...{ name: 'Malvar', protocol: 'CPSNR of a picture', value: 36.2246, unit: 'dB', n: 12 },
  ...changed,
});

describe('a target', () => {
  it.each([null, Number.NaN, Number.POSITIVE_INFINITY])('is not reached by %s, whatever it asks for', (value) => {
    for (const bound of ['at least', 'at most', 'below'] as const) expect(isReached(value, { bound, value: 0 })).toBe(false);
  });

  it.each([
    ['at least', 2.999, false],
    ['at least', 3, true],
    ['at most', 3, true],
    ['at most', 3.001, false],
    ['below', 2.999, true],
    ['below', 3, false],
    ['below', -1, true],
  ] as const)('of %s 3 and a figure of %d: reached %s', (bound, value, reached) => {
    expect(isReached(value, { bound, value: 3 })).toBe(reached);
  });
});

describe('rows of quality', () => {
  it('carry a verdict only where there is a target, and what made them', () => {
    const target = { bound: 'at least', value: 36.3 } as const;
    const [plain, judged] = judge([figure(), figure({ target })], provenance);
    expect(plain).toEqual({ ...figure(), ...provenance });
    expect(judged).toEqual({ ...figure({ target }), isReached: false, ...provenance });
  });

  it('are told as a table, rows of one protocol together, what is absent after them', () => {
    const peers = [
      { name: 'Malvar, all 24', value: 35.78, isPublished: true },
      { name: 'OpenCV EA', value: 30.64571 },
    ] as const;
    const figures = [
      figure({ target: { bound: 'at least', value: 35.3 }, peers }),
      figure({ name: 'bilinear', value: 30.6007 }),
      figure({ name: 'edge', protocol: 'MTF50 lost', value: 10, unit: '%', n: 36, target: { bound: 'below', value: 10 } }),
      figure({ name: 'flat', protocol: 'MTF50 lost', value: null, unit: '%', n: 0, target: { bound: 'below', value: 10 } }),
    ];
    expect(qualityText(judge(figures, provenance), ['charts: no folder'])).toBe(
      [
        'figure      n   value     target                  peers',
        '',
        'CPSNR of a picture',
        '  Malvar    12  36.22 dB  at least 35.3  reached  Malvar, all 24 35.78 (published), OpenCV EA 30.65',
        '  bilinear  12  30.6 dB',
        '',
        'MTF50 lost',
        '  edge      36  10 %      below 10       MISSED',
        '  flat      0   none %    below 10       MISSED',
        '',
        'Absent: charts: no folder',
        '3 targets, 2 missed',
      ].join('\n'),
    );
  });
});
