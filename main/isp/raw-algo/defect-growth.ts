import { noiseOfLight } from '../sensor-noise.ts';
import { type AlgoMosaic, type Intent, medianInPlace, phaseOf } from './intent.ts';

/** What a defect map grows from: how often each suspect was seen in how many frames. */
export interface DefectGrowthInputs {
  readonly frames: number;
  /** Positions (row * width + column) that stood out in at least one frame, ascending, and in how many. */
  readonly suspects: Uint32Array;
  readonly sightings: Uint16Array;
  /** The map in effect, ascending. */
  readonly known: Uint32Array;
  /** Share of the frames in which a defect has to be seen. */
  readonly persistence: number;
}

/** Positions to take into the map, and the whole map with them; both ascending. */
export interface DefectGrowthDecision {
  readonly added: Uint32Array;
  readonly defects: Uint32Array;
}

/** Frames that have to be seen before anything is called lasting. */
export const fewestDefectFrames = 3;

/** Same-colour neighbours: rows and columns. */
const around = [-2, 0, 2]
  .flatMap((row) => [-2, 0, 2].map((column) => [row, column] as const))
  .filter(([r, c]) => r !== 0 || c !== 0);

/**
 * Samples of one frame that differ from the median of their eight neighbours of one colour by more than `sigmas` of noise and by
 * more than those neighbours differ among themselves, ascending. A single frame also shows fine detail here: only what stays while
 * the scene changes is a defect.
 */
export function findSuspects({ width, height, samples, sensor }: AlgoMosaic, sigmas: number): Uint32Array {
  const { blackLevels, whiteLevel } = sensor;
  const { slope, offset } = noiseOfLight(sensor);
  const range = whiteLevel - Math.max(...blackLevels);
  const found: number[] = [];
  const neighbours = new Float64Array(8);
  const inside = (index: number, extent: number): number =>
    index < 0 ? -index : index >= extent ? 2 * (extent - 1) - index : index;
  const steps = around.map(([row, column]) => row * width + column);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const here = row * width + column;
      const isInside = row > 1 && column > 1 && row < height - 2 && column < width - 2;
      let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let index = 0; index < 8; index++) {
        const [r, c] = around[index] as readonly [number, number];
        const at = isInside ? here + (steps[index] as number) : inside(row + r, height) * width + inside(column + c, width);
        const neighbour = samples[at] as number;
        neighbours[index] = neighbour;
        if (neighbour < lowest) lowest = neighbour;
        if (neighbour > highest) highest = neighbour;
      }
      const dn = samples[here] as number;
      const black = blackLevels[phaseOf(row, column)] as number;
      // Most samples lie nearer to all their neighbours than the least noise that there can be: no need to sort these.
      const leastLimit = sigmas * range * Math.sqrt(slope * Math.max(0, (lowest - black) / range) + offset);
      if (dn - lowest <= leastLimit && highest - dn <= leastLimit) continue;
      const median = medianInPlace(neighbours);
      const contrast = (neighbours[6] as number) - (neighbours[1] as number);
      const light = Math.max(0, median - black) / range;
      const limit = sigmas * range * Math.sqrt(slope * light + offset) + contrast;
      if (Math.abs(dn - median) > limit) found.push(here);
    }
  }
  return Uint32Array.from(found);
}

/** Counts in how many frames each suspect was seen. Of each frame its suspects, ascending, as {@link findSuspects} gives them. */
export function countSightings(frames: readonly Uint32Array[]): Pick<DefectGrowthInputs, 'frames' | 'suspects' | 'sightings'> {
  const counts = new Map<number, number>();
  for (const frame of frames) for (const position of frame) counts.set(position, (counts.get(position) ?? 0) + 1);
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return {
    frames: frames.length,
    suspects: Uint32Array.from(sorted, ([position]) => position),
    sightings: Uint16Array.from(sorted, ([, count]) => count),
  };
}

/**
 * Adds to a map what stood out in at least `persistence` of the frames. Frames must show different scenes, or the same one moved:
 * a detail that stays at one place in all of them cannot be told from a defect. Undecided below three frames. Nothing is
 * ever taken out of a map: a sample that is wrong now and then is wrong.
 */
export function growDefectMap(inputs: DefectGrowthInputs): Intent<DefectGrowthDecision, DefectGrowthInputs> {
  const { frames, suspects, sightings, known, persistence } = inputs;
  if (frames < fewestDefectFrames) return { decision: undefined, inputs };
  const old = new Set(known);
  const added = suspects.filter((position, index) => (sightings[index] as number) >= persistence * frames && !old.has(position));
  return { decision: { added, defects: Uint32Array.from([...old, ...added]).sort() }, inputs };
}
