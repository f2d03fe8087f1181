import { describe, expect, it } from 'vitest';
import { measureDark, seesLight } from '../../../main/frame/dark-statistics.ts';
import { seededGaussian } from '../../support/gaussian.ts';

const [width, height] = [96, 64];
const whole = [{ top: 0, left: 0, rows: height, columns: width }];

/** Whether frames of 12 bits are taken for lit; `signal` is DN above a black of 64, `sigma` that of noise in DN. */
function isLit(signal: (row: number, column: number) => number, sigma: number): boolean {
  const gaussian = seededGaussian(7);
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const dn = 64 + signal(Math.floor(index / width), index % width) + sigma * gaussian();
    return Math.min(4095, Math.max(0, Math.round(dn)));
  });
  const frame = { samples, width, height };
  return seesLight(frame, whole, { dark: measureDark(frame, whole), whiteLevel: 4095 });
}

describe('what is taken for dark', () => {
  it.each<[string, (row: number, column: number) => number, number]>([
    ['a picture', (row, column) => 300 * (1 + Math.sin(row / 9) * Math.cos(column / 11)), 4],
    ['the shading of a lens', (row, column) => 400 - ((row - 32) ** 2 + (column - 48) ** 2) / 20, 10],
    ['coloured even light', (row, column) => (row % 2 === 0 && column % 2 === 0 ? 400 : 200), 10],
    ['bright even light', () => 2400, 30],
    ['light in a fifth of it', (_row, column) => (column < 20 ? 500 : 0), 3],
  ])('sees light: %s', (_name, signal, sigma) => expect(isLit(signal, sigma)).toBe(true));

  it.each<[string, (row: number, column: number) => number, number]>([
    ['nothing at all', () => 0, 0],
    ['little noise', () => 0, 2],
    ['the noise of a high gain', () => 0, 60],
    ['positions, rows and columns a little apart', (row, column) => 4 * (row % 2) + (column % 2) + 3 * Math.sin(row), 4],
    ['hot samples', (row, column) => ((row * width + column) % 50 === 0 ? 2000 : 0), 3],
  ])('is dark: %s', (_name, signal, sigma) => expect(isLit(signal, sigma)).toBe(false));
});
