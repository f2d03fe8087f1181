import type { Triple } from '../../base/matrix3.ts';
import type { ZoneStatistics } from '../statistics/frame-statistics.ts';

/** A zone with more clipped cells than this has lost its colour. */
const mostClipped = 0.02;

/** Zones darker than this share of the range in their sum of colours say more about noise and black level than about the light. */
const leastLight = 0.01;

/** Mean green of both rows in every zone. */
export function greenOfZones({ greenOfRed, greenOfBlue }: ZoneStatistics): Float64Array {
  return Float64Array.from(greenOfRed, (green, zone) => (green + (greenOfBlue[zone] as number)) / 2);
}

/** Camera red, green and blue of the zones that show the colour of the light on them: not clipped and not dark. */
export function colouredZones(zones: ZoneStatistics): readonly Triple[] {
  const green = greenOfZones(zones);
  const colours: Triple[] = [];
  for (let zone = 0; zone < green.length; zone++) {
    const colour: Triple = [zones.red[zone] as number, green[zone] as number, zones.blue[zone] as number];
    const isLit = Math.min(...colour) > 0 && colour[0] + colour[1] + colour[2] >= leastLight;
    if (isLit && (zones.clippedShare[zone] as number) <= mostClipped) colours.push(colour);
  }
  return colours;
}
