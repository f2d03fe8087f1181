import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Mosaic } from '../frame/mosaic.ts';
import { polynomialAt } from './operators/linearise-polynomial.ts';
import { levelsKept } from './sample-curve.ts';

/** A frame whose samples are linear. */
export interface LinearFrame {
  readonly mosaic: Mosaic;
  /** DN of `mosaic` for one DN of the frame that it was made of. */
  readonly dnScale: number;
}

/**
 * The frame as its sensor would have given it were it linear: for measurements, which need no graph. Black and white stay where they
 * are, in samples of 16 bits, since a curve that spreads highlights leaves few whole DN to the shadows. A frame of a linear sensor is
 * given back as it is.
 */
export function linearFrame(mosaic: Mosaic): LinearFrame {
  const { sensor, samples } = mosaic;
  const valueAt = curveOf(sensor);
  if (!valueAt) return { mosaic, dnScale: 1 };
  const { linearisation: _table, linearisationPolynomial: _polynomial, ...rest } = sensor;
  const dnScale = 2 ** (16 - sensor.bits);
  const { scale, offset } = levelsKept(valueAt, sensor);
  const largest = 2 ** sensor.bits - 1;
  const linear = Uint16Array.from({ length: largest + 1 }, (_, dn) => {
    const value = (valueAt(dn) * scale + offset) * dnScale;
    return Math.min(65_535, Math.max(0, Math.round(value)));
  });
  const levels = sensor.blackLevels.map((level) => level * dnScale) as unknown as SensorDescription['blackLevels'];
  return {
    mosaic: {
      ...mosaic,
      samples: samples.map((dn) => linear[Math.min(dn, largest)] as number),
      sensor: { ...rest, bits: 16, blackLevels: levels, whiteLevel: sensor.whiteLevel * dnScale },
    },
    dnScale,
  };
}

/** The sensor's own curve, exactly; undefined for a linear one. */
function curveOf({ bits, linearisation, linearisationPolynomial }: SensorDescription): ((dn: number) => number) | undefined {
  if (linearisationPolynomial) return (dn) => polynomialAt(linearisationPolynomial, bits, dn);
  if (!linearisation) return undefined;
  const steps = linearisation.length - 1;
  return (dn) => {
    const place = (dn / (2 ** bits - 1)) * steps;
    const below = Math.min(Math.floor(place), steps - 1);
    const [low, high] = [linearisation[below] as number, linearisation[below + 1] as number];
    return low + (place - below) * (high - low);
  };
}
