import { describe, expect, it } from 'vitest';
import { namesToOffer } from '../../../main/base/nearest-names.ts';

const few = ['lut_strength', 'lut_path'];
const many = [
  ...['wb_red_gain', 'wb_blue_gain', 'exposure_ev', 'black_offset', 'tone_contrast', 'tone_curve', 'saturation'],
  ...['sharpen_amount', 'sharpen_coring', 'chroma_denoise'],
];

it('offers all names where there are few, or where none comes near', () => {
  expect(namesToOffer('exposure_ev', few)).toBe('lut_strength, lut_path');
  expect(namesToOffer('constructor', many)).toBe(many.join(', '));
  expect(namesToOffer('x', [])).toBe('');
});

describe('a slip', () => {
  it.each([
    ['exposur_ev', 'exposure_ev'],
    ['exposure_ve', 'exposure_ev'],
    ['Exposure-EV', 'exposure_ev'],
    ['saturatoin', 'saturation'],
    ['satturation', 'saturation'],
    ['exposure', 'exposure_ev'],
    ['sharpen', 'sharpen_amount, sharpen_coring'],
    ['wb_red', 'wb_red_gain'],
    ['wb_read_gain', 'wb_red_gain, wb_blue_gain'],
  ])('%s is offered %s', (name, offered) => {
    expect(namesToOffer(name, many)).toBe(`nearest: ${offered}`);
  });

  it('is offered three names at most', () => {
    expect(namesToOffer('gain', ['a', 'b', 'c', 'd'].flatMap((end) => [`gain_${end}`, `${end}_gain`]).concat('x'))).toBe(
      'nearest: gain_a, a_gain, gain_b',
    );
  });
});
