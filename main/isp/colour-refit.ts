import { assert } from '../base/errors.ts';
import { apply3, inverse3, type Matrix3, type Triple } from '../base/matrix3.ts';

/**
 * Surface-like colours in linear sRGB: twelve hues at two saturations and three luminances. Enough to pin the six free
 * numbers of a matrix; saturated lights are left out, since no 3x3 matrix serves them and surfaces both.
 */
function trainingColours(): Triple[] {
  const hues = Array.from({ length: 12 }, (_, index) => (index * Math.PI) / 6);
  const channel = (hue: number, k: number): number => Math.cos(hue - (k * 2 * Math.PI) / 3);
  return [0.04, 0.15, 0.45].flatMap((level) =>
    [0.3, 0.6].flatMap((saturation) =>
      hues.map((hue) => [0, 1, 2].map((k) => level * (1 + saturation * channel(hue, k))) as unknown as Triple),
    ),
  );
}

/**
 * The matrix that does to encoded values what `srgbFromCamera` does to linear ones, in the least-squares sense over
 * surface colours. Rows sum to 1, so that neutrals stay exactly neutral.
 */
export function refitInEncodedDomain(srgbFromCamera: Matrix3, encode: (light: number) => number): number[] {
  const cameraFromSrgb = inverse3(srgbFromCamera);
  assert(cameraFromSrgb, 'Expected an invertible colour matrix');
  const pairs = trainingColours().map((srgb) => ({
    camera: apply3(cameraFromSrgb, srgb).map((light) => encode(Math.min(1, Math.max(0, light)))) as unknown as Triple,
    target: srgb.map(encode),
  }));
  return [0, 1, 2].flatMap((channel) => {
    const rows = pairs.map(({ camera: [r, g, b], target }) => ({ u: r - g, v: b - g, y: (target[channel] as number) - g }));
    const sum = (product: (row: { u: number; v: number; y: number }) => number): number =>
      rows.reduce((s, row) => s + product(row), 0);
    const [uu, uv, vv] = [sum(({ u }) => u * u), sum(({ u, v }) => u * v), sum(({ v }) => v * v)];
    const [uy, vy] = [sum(({ u, y }) => u * y), sum(({ v, y }) => v * y)];
    const determinant = uu * vv - uv * uv;
    const red = (uy * vv - vy * uv) / determinant;
    const blue = (vy * uu - uy * uv) / determinant;
    return [red, 1 - red - blue, blue];
  });
}
