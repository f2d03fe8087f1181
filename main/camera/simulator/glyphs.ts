import { type Coverage, supersampled } from './coverage.ts';

/** Seven rows of five dots per letter, two hex digits a row, most significant dot left. */
const rowsOfGlyph: Readonly<Record<string, string>> = {
  A: '0e11111f111111',
  B: '1e11111e11111e',
  C: '0e11101010110e',
  D: '1c12111111121c',
  E: '1f10101e10101f',
  F: '1f10101e101010',
  G: '0e11101711110f',
  H: '1111111f111111',
  I: '0e04040404040e',
  J: '0702020202120c',
  K: '11121418141211',
  L: '1010101010101f',
  M: '111b1515111111',
  N: '11111915131111',
  O: '0e11111111110e',
  P: '1e11111e101010',
  Q: '0e11111115120d',
  R: '1e11111e141211',
  S: '0f10100e01011e',
  T: '1f040404040404',
  U: '1111111111110e',
  V: '11111111110a04',
  W: '1111111515150a',
  X: '11110a040a1111',
  Y: '1111110a040404',
  Z: '1f01020408101f',
  0: '0e11131519110e',
  1: '040c040404040e',
  2: '0e11010204081f',
  3: '1f02040201110e',
  4: '02060a121f0202',
  5: '1f101e0101110e',
  6: '0608101e11110e',
  7: '1f010204080808',
  8: '0e11110e11110e',
  9: '0e11110f01020c',
};

const dotRows = new Map(
  Object.entries(rowsOfGlyph).map(([letter, hex]) => [
    letter,
    [...Array(7).keys()].map((row) => Number.parseInt(hex.slice(row * 2, row * 2 + 2), 16)),
  ]),
);

/** Dots from one letter to the next. */
export const glyphPitchDots = 6;
/** Dots of a letter's height. */
export const glyphHeightDots = 7;

/** Coverage of one line of capitals, digits and blanks whose dots are `dotSize` pixels wide; other characters are blank. */
export function textLine(text: string, left: number, top: number, dotSize: number): Coverage {
  return supersampled((x, y) => {
    const row = Math.floor((y - top) / dotSize);
    const column = Math.floor((x - left) / dotSize);
    if (row < 0 || row >= glyphHeightDots || column < 0) return false;
    const dot = column % glyphPitchDots;
    const rows = dotRows.get(text[Math.floor(column / glyphPitchDots)] ?? ' ');
    return rows !== undefined && dot < 5 && (((rows[row] as number) >> (4 - dot)) & 1) === 1;
  });
}
