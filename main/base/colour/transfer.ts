/** Both directions of an opto-electronic transfer function. Linear light and code values are relative to white, 0 to 1. */
export interface TransferFunction {
  readonly name: string;
  readonly encodedFromLinear: (linear: number) => number;
  readonly linearFromEncoded: (encoded: number) => number;
}

/** Parameters of a curve that is a line of `slope` up to `knee` (linear light) and a power of `exponent` above. */
interface PiecewiseCurve {
  readonly name: string;
  readonly slope: number;
  readonly knee: number;
  readonly encodedKnee: number;
  /** The power's factor; the offset is one less. */
  readonly alpha: number;
  readonly exponent: number;
}

/** Odd about zero, as xvYCC and sYCC extend these curves, so that values out of gamut survive a round trip. */
function piecewise({ name, slope, knee, encodedKnee, alpha, exponent }: PiecewiseCurve): TransferFunction {
  const encode = (linear: number): number => (linear <= knee ? slope * linear : alpha * linear ** exponent - (alpha - 1));
  const decode = (encoded: number): number =>
    encoded <= encodedKnee ? encoded / slope : ((encoded + (alpha - 1)) / alpha) ** (1 / exponent);
  return {
    name,
    encodedFromLinear: (linear) => (linear < 0 ? -encode(-linear) : encode(linear)),
    linearFromEncoded: (encoded) => (encoded < 0 ? -decode(-encoded) : decode(encoded)),
  };
}

/** IEC 61966-2-1: both thresholds as the standard prints them, which leaves a step of 3e-8 between the branches. */
export const srgbTransfer: TransferFunction = piecewise({
  name: 'sRGB',
  slope: 12.92,
  knee: 0.0031308,
  encodedKnee: 0.04045,
  alpha: 1.055,
  exponent: 1 / 2.4,
});

/** The OETF of ITU-R BT.709-6 §1.2, and of BT.601-7 and BT.2020-2 for 10 bit, which print the same digits. */
export const rec709Transfer: TransferFunction = piecewise({
  name: 'BT.709',
  slope: 4.5,
  knee: 0.018,
  encodedKnee: 0.081,
  alpha: 1.099,
  exponent: 0.45,
});

/** Where line and power of BT.2020-2 meet with equal value and slope; the standard prints 1.0993 and 0.0181 for 12 bit. */
const rec2020 = { alpha: 1.09929682680944, beta: 0.018053968510807 } as const;

/** The OETF of ITU-R BT.2020-2 with the exact constants that its footnote defines. */
export const rec2020Transfer: TransferFunction = piecewise({
  name: 'BT.2020',
  slope: 4.5,
  knee: rec2020.beta,
  encodedKnee: 4.5 * rec2020.beta,
  alpha: rec2020.alpha,
  exponent: 0.45,
});
