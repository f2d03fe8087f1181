/** A colour in CIE L*a*b*. */
export type Lab = readonly [lightness: number, a: number, b: number];

const d65 = [0.95047, 1, 1.08883] as const;

/** CIE L*a*b* (D65, 2 degrees) of an sRGB colour given as 0–255. */
export function labFromSrgb8(rgb: readonly [number, number, number]): Lab {
  const [r, g, b] = rgb.map((code) => {
    const value = code / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const x = 0.4124564 * r + 0.3575761 * g + 0.1804375 * b;
  const y = 0.2126729 * r + 0.7151522 * g + 0.072175 * b;
  const z = 0.0193339 * r + 0.119192 * g + 0.9503041 * b;
  const [fx, fy, fz] = [x / d65[0], y / d65[1], z / d65[2]].map((t) =>
    t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116,
  ) as [number, number, number];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const radians = Math.PI / 180;

function hueDegrees(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  return (Math.atan2(b, a) / radians + 360) % 360;
}

/** The mean of two hues on the circle; of no chroma, the other's hue counts. */
function meanHueOf(h1: number, h2: number, isGrey: boolean): number {
  if (isGrey) return h1 + h2;
  if (Math.abs(h1 - h2) <= 180) return (h1 + h2) / 2;
  return h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
}

function hueDifference(h1: number, h2: number, isGrey: boolean): number {
  if (isGrey) return 0;
  const difference = h2 - h1;
  if (Math.abs(difference) <= 180) return difference;
  return difference > 180 ? difference - 360 : difference + 360;
}

/** CIEDE2000 with unit weights, after G. Sharma, W. Wu, E. Dalal, "The CIEDE2000 color-difference formula", 2005. */
export function deltaE00([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  const seventh = (chroma: number): number => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));
  const g = 0.5 * (1 - seventh((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [c1, c2] = [Math.hypot((1 + g) * a1, b1), Math.hypot((1 + g) * a2, b2)];
  const [h1, h2] = [hueDegrees((1 + g) * a1, b1), hueDegrees((1 + g) * a2, b2)];
  const isGrey = c1 * c2 === 0;
  const chromaPart = c2 - c1;
  const huePart = 2 * Math.sqrt(c1 * c2) * Math.sin((hueDifference(h1, h2, isGrey) / 2) * radians);
  const [meanLightness, meanChroma, meanHue] = [(l1 + l2) / 2, (c1 + c2) / 2, meanHueOf(h1, h2, isGrey)];
  const cosine = (factor: number, offset: number): number => Math.cos((factor * meanHue + offset) * radians);
  const t = 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0) + 0.32 * cosine(3, 6) - 0.2 * cosine(4, -63);
  const lightnessWeight = 1 + (0.015 * (meanLightness - 50) ** 2) / Math.sqrt(20 + (meanLightness - 50) ** 2);
  const rotation = -Math.sin(60 * Math.exp(-(((meanHue - 275) / 25) ** 2)) * radians) * 2 * seventh(meanChroma);
  const lightness = (l2 - l1) / lightnessWeight;
  const chroma = chromaPart / (1 + 0.045 * meanChroma);
  const hue = huePart / (1 + 0.015 * meanChroma * t);
  return Math.sqrt(lightness ** 2 + chroma ** 2 + hue ** 2 + rotation * chroma * hue);
}
