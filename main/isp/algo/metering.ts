import type { ZoneStatistics } from '../statistics/frame-statistics.ts';
import { greenOfZones } from './zone-light.ts';

/** A way to say how bright a frame is. */
export interface Metering {
  readonly id: string;
  readonly name: string;
  /** The level that a well exposed frame has, light 0 to 1, before the user's compensation. */
  readonly target: number;
  /** Weight of a zone by its green light and its place, both 0 to 1 from the top left. */
  weight(light: number, across: number, down: number): number;
}

/** Every zone alike. 18 % is the reflectance of a grey card, and what reflected-light meters take the world for. */
const mean: Metering = { id: 'mean', name: 'Mean', target: 0.18, weight: () => 1 };

/** Zones by their own light, so that the bright ones keep their detail; the target is where whites then are near three quarters. */
const highlights: Metering = {
  id: 'highlights',
  name: 'Highlight-weighted',
  target: 0.35,
  weight: (light) => Math.max(0, light),
};

/** Two thirds of the weight within a quarter of the frame's width around its centre, wherever faces are. */
const centre: Metering = {
  id: 'centre',
  name: 'Centre-weighted',
  target: 0.18,
  weight: (_, across, down) => Math.exp(-((across - 0.5) ** 2 + (down - 0.5) ** 2) / (2 * 0.18 ** 2)),
};

/** Every mode, in the order in which menus show them. */
export const meterings: readonly Metering[] = [mean, highlights, centre];

/** The weighted mean of green light over zones: green clips first in most light, and needs no white balance to be known. */
export function meteredLevel({ weight }: Metering, zones: ZoneStatistics): number {
  const { columns, rows } = zones;
  let [sum, weights] = [0, 0];
  for (const [zone, light] of greenOfZones(zones).entries()) {
    const share = weight(light, ((zone % columns) + 0.5) / columns, (Math.floor(zone / columns) + 0.5) / rows);
    sum += share * light;
    weights += share;
  }
  return weights > 0 ? sum / weights : 0;
}
