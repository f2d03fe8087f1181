import { measureDark } from '../../frame/dark-statistics.ts';
import type { RawAlgoInputs } from '../raw-algo.ts';
import { noiseOfLight } from '../sensor-noise.ts';
import { measureCfa } from './cfa-order.ts';
import { measureClipping } from './clipping-point.ts';
import { countSightings, findSuspects } from './defect-growth.ts';
import { type AlgoMosaic, phaseOf } from './intent.ts';
import { levelsOf, transferPointsOfFrame, transferPointsOfPair } from './photon-transfer.ts';

/** What frames of one exposure tell of their sensor, before anything is decided from it. */
export interface SensorMeasurement {
  /** Only what these frames can tell about: noise wants light, black levels want darkness, defects several frames. */
  readonly inputs: Partial<RawAlgoInputs>;
  /** Whether the frames look as if the lens were covered. Dim even light looks the same. */
  readonly isDark: boolean;
  /** Whether what the frames show changed its place between the first and the last, or nothing in them could be taken for a defect. */
  readonly hasMoved: boolean;
  readonly frames: number;
}

/**
 * Share of the frames in which a defect has to be seen, and deviations of noise that make a sighting. Of few frames in all: in a texture
 * one sample in twenty stands out, and in three of four frames some thousand would at one place by chance.
 */
const [persistence, sigmas] = [1, 8];

/** Dark frames: levels within this share of the range of black, that scatter by less than the other. */
const [darkShare, darkDeviation] = [0.02, 0.005];

/** Deviations of noise beyond which neighbours differ by detail, and a sample has changed. */
const [detailSigmas, changeSigmas] = [8, 5];
/** Fewer samples of detail could not hide a defect; and the share of them that has to change where the scene moved. */
const [fewestDetails, movedShare] = [100, 0.5];

/**
 * Measures frames of one exposure, oldest first, for all algorithms of RawAlgo. Takes seconds at 1080p: not for the lab's thread.
 *
 * @param checkpoint asked between frames with the share of the work that is done, 0 to 1; throwing from it ends the work
 */
export function measureSensor(
  frames: readonly AlgoMosaic[],
  checkpoint: (share: number) => void = () => undefined,
): SensorMeasurement {
  const [first, newest] = [frames[0] as AlgoMosaic, frames.at(-1) as AlgoMosaic];
  const { width, height, sensor } = newest;
  const dark = measureDark(newest, [{ top: 0, left: 0, rows: height, columns: width }]);
  const range = sensor.whiteLevel - Math.max(...sensor.blackLevels);
  const isDark =
    dark.deviations.every((deviation) => deviation < darkDeviation * range) &&
    dark.means.every((mean, phase) => Math.abs(mean - (sensor.blackLevels[phase] as number)) < darkShare * range);
  // Darkness, order and white level, noise, and each frame for its defects.
  const steps = (isDark ? 1 : 3) + (frames.length < 2 ? 0 : frames.length);
  let done = 0;
  const stepDone = (): void => {
    done += 1;
    checkpoint(done / steps);
  };
  stepDone();
  const fromLight = (): Partial<RawAlgoInputs> => {
    const clippingPoint = measureClipping(newest);
    const cfaOrder = measureCfa(newest);
    stepDone();
    const points = transferPoints(frames);
    stepDone();
    return { clippingPoint, cfaOrder, photonTransfer: { points } };
  };
  const known = sensor.defects ?? new Uint32Array();
  const defectGrowth = frames.length < 2 ? undefined : { ...sightingsIn(frames, stepDone), known, persistence };
  return {
    inputs: {
      ...(isDark ? { blackLevel: { measured: dark, current: sensor.blackLevels, damping: 1 } } : fromLight()),
      ...(defectGrowth ? { defectGrowth } : {}),
    },
    isDark,
    hasMoved: frames.length > 1 && hasMoved(first, newest),
    frames: frames.length,
  };
}

function transferPoints(frames: readonly AlgoMosaic[]): ReturnType<typeof levelsOf> {
  const [newest, before] = [frames.at(-1) as AlgoMosaic, frames.at(-2)];
  // One pair has points by the thousand: more would only take longer.
  return before ? levelsOf(transferPointsOfPair(before, newest), 'pair') : levelsOf(transferPointsOfFrame(newest), 'frame');
}

/** What is seen too seldom to become a defect is left out: it changes no decision, and a textured scene has plenty of it. */
function sightingsIn(frames: readonly AlgoMosaic[], stepDone: () => void): ReturnType<typeof countSightings> {
  const seen = frames.map((frame) => {
    const suspects = findSuspects(frame, sigmas);
    stepDone();
    return suspects;
  });
  const all = countSightings(seen);
  const lasting = (_: number, index: number): boolean => (all.sightings[index] as number) >= persistence * all.frames;
  return { frames: all.frames, suspects: all.suspects.filter(lasting), sightings: all.sightings.filter((_, i) => lasting(_, i)) };
}

/** Of the samples that differ from their neighbours of one colour, whether most are others in the second frame. */
function hasMoved(first: AlgoMosaic, second: AlgoMosaic): boolean {
  const { width, height, samples, sensor } = first;
  const { slope, offset } = noiseOfLight(sensor);
  const range = sensor.whiteLevel - Math.max(...sensor.blackLevels);
  let [details, changed] = [0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width - 2; column++) {
      const at = row * width + column;
      const here = samples[at] as number;
      const light = Math.max(0, here - (sensor.blackLevels[phaseOf(row, column)] as number)) / range;
      const sigma = range * Math.sqrt(slope * light + offset);
      if (Math.abs(here - (samples[at + 2] as number)) <= detailSigmas * sigma) continue;
      details += 1;
      if (Math.abs(here - (second.samples[at] as number)) > changeSigmas * sigma) changed += 1;
    }
  }
  return details < fewestDetails || changed > movedShare * details;
}
