import type { Lab } from './lab.ts';

const radians = Math.PI / 180;

/** CIE 1976: the distance in L*a*b*. */
export function deltaE76([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  return Math.hypot(l2 - l1, a2 - a1, b2 - b1);
}

/** CIEDE2000 with unit weights (CIE 142), after G. Sharma, W. Wu, E. Dalal, "The CIEDE2000 color-difference formula", 2005. */
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
