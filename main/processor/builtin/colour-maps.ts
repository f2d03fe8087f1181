/** Entries of a colour map. */
export const colourMapSize = 256;

type Stop = readonly [at: number, red: number, green: number, blue: number];

/** Stops of each map by level, all from 0 to 1. Between two stops colours are interpolated in straight lines. */
const stops: Readonly<Record<'spectrum' | 'iron' | 'zones', readonly Stop[]>> = {
  spectrum: [
    [0, 0, 0, 0.4],
    [0.2, 0, 0.3, 1],
    [0.4, 0, 0.9, 0.9],
    [0.6, 0.2, 0.9, 0.1],
    [0.8, 1, 0.8, 0],
    [1, 1, 0.1, 0],
  ],
  iron: [
    [0, 0, 0, 0],
    [0.3, 0.4, 0, 0.6],
    [0.6, 0.9, 0.3, 0.1],
    [0.85, 1, 0.8, 0.2],
    [1, 1, 1, 1],
  ],
  // Steps: crushed, dark, middle grey, skin, bright, clipping.
  zones: [
    [0, 0.4, 0, 0.6],
    [0.02, 0.4, 0, 0.6],
    [0.0201, 0.2, 0.2, 0.2],
    [0.38, 0.2, 0.2, 0.2],
    [0.3801, 0, 0.7, 0],
    [0.46, 0, 0.7, 0],
    [0.4601, 0.5, 0.5, 0.5],
    [0.54, 0.5, 0.5, 0.5],
    [0.5401, 1, 0.6, 0.7],
    [0.6, 1, 0.6, 0.7],
    [0.6001, 0.8, 0.8, 0.8],
    [0.94, 0.8, 0.8, 0.8],
    [0.9401, 1, 1, 0],
    [0.98, 1, 1, 0],
    [0.9801, 1, 0, 0],
    [1, 1, 0, 0],
  ],
};

/** Names of the colour maps. */
export const colourMapNames = ['spectrum', 'iron', 'zones'] as const;

/** A map as [256, 3] samples from 0 to 1, from the darkest level to the brightest. */
export function colourMap(name: (typeof colourMapNames)[number]): number[] {
  return Array.from({ length: colourMapSize }, (_, index) => colourAt(stops[name], index / (colourMapSize - 1))).flat();
}

function colourAt(list: readonly Stop[], level: number): number[] {
  const next = Math.max(
    1,
    list.findIndex(([at]) => at >= level),
  );
  const [below, above] = [list[next - 1] as Stop, list[next] as Stop];
  const share = (level - below[0]) / (above[0] - below[0]);
  return [1, 2, 3].map((channel) => (below[channel] as number) * (1 - share) + (above[channel] as number) * share);
}
