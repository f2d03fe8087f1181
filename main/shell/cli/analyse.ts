import { InputError } from '../../base/errors.ts';
import { readRawFile } from '../../camera/file/raw-file.ts';
import type { MosaicArea } from '../../frame/frame-meta.ts';
import type { Mosaic } from '../../frame/mosaic.ts';
import { measureCfa } from '../../isp/raw-algo/cfa-order.ts';
import { measureClipping } from '../../isp/raw-algo/clipping-point.ts';
import { countSightings, fewestDefectFrames, findSuspects } from '../../isp/raw-algo/defect-growth.ts';
import { levelsOf, transferPointsOfFrame, transferPointsOfPair } from '../../isp/raw-algo/photon-transfer.ts';
import { decideRaw, type RawAlgoInputs } from '../../isp/raw-algo.ts';
import { daylightKelvin, tunedSensor } from '../../tuning/tuned-sensor.ts';
import { readTuning } from '../../tuning/tuning-file.ts';
import { analysisText, type FrameAnalysis, type FramesAnalysis } from './analysis-text.ts';
import { expectDark, type SaidDark } from './dark-frame.ts';
import { numbersIn } from './decimal.ts';
import type { CommandOutput } from './output.ts';
import { descriptionOf, type RawArguments } from './raw-arguments.ts';

/** Arguments of `lab analyse`. */
export interface AnalyseOptions extends RawArguments {
  /** Whether the frames were taken in the dark. */
  readonly dark?: boolean;
  /** Whether they show one still scene. */
  readonly still?: boolean;
  /** Masked areas, each as x,y,width,height. */
  readonly masked: readonly string[];
  readonly tuning?: string;
  readonly gain: number;
  readonly json?: boolean;
}

/** Sightings in this share of the frames make a defect, and so many deviations of noise a sighting. */
const [persistence, sigmas] = [0.75, 8];

/**
 * `lab analyse`: what RawAlgo finds in recorded frames, against what their description or tuning says. What the frames can tell depends
 * on how they were taken: black levels want darkness or masked pixels, noise wants light, defects a scene that moves, or darkness.
 */
export async function runAnalyse(paths: readonly string[], options: AnalyseOptions, output: CommandOutput): Promise<void> {
  if (options.dark && options.still) {
    throw new InputError('cli.analyse', 'Expected --dark or --still but received both', 'Choose how the frames were taken.');
  }
  const masked = options.masked.map(areaIn);
  const mosaics = await mosaicsIn(paths, options);
  const [first] = mosaics as [Mosaic];
  for (const { left, top, columns, rows } of masked) {
    if (left + columns <= first.width && top + rows <= first.height) continue;
    const area = `${columns}x${rows} at (${left}, ${top})`;
    throw new InputError(
      'cli.masked',
      `Expected an area within ${first.width}x${first.height} for --masked but received ${area}`,
    );
  }
  const frames = mosaics.map((mosaic, index) => {
    const path = paths[index] as string;
    if (options.dark) return frameAnalysis(mosaic, { dark: { path }, isLit: false, path });
    return frameAnalysis(mosaic, { ...(masked.length > 0 ? { dark: { path, masked } } : {}), isLit: true, path });
  });
  const analysis: FramesAnalysis = {
    frames,
    ...(options.dark ? {} : { photonTransfer: photonTransferOf(mosaics, options) }),
    ...(options.still ? {} : { defectGrowth: defectGrowthOf(mosaics) }),
  };
  output.result(options.json ? JSON.stringify(analysis, null, 2) : analysisText(analysis));
}

async function mosaicsIn(paths: readonly string[], options: AnalyseOptions): Promise<Mosaic[]> {
  const { gain } = options;
  if (!(gain > 0)) throw new InputError('cli.gain', `Expected a positive number for --gain but received ${gain}`);
  const description = descriptionOf(options, paths);
  const tuning = options.tuning === undefined ? undefined : await readTuning(options.tuning);
  const mosaics: Mosaic[] = [];
  for (const path of paths) {
    const image = await readRawFile(path, description);
    const { width, height, sensor } = image;
    const first = mosaics[0] ?? image;
    if (first.width !== width || first.height !== height) {
      const message = `Expected frames of one size, ${first.width}x${first.height}, but ${path} is ${width}x${height}`;
      throw new InputError('cli.frames', message);
    }
    const conditions = { gain, cctKelvin: daylightKelvin, width, height };
    mosaics.push(tuning ? { ...image, sensor: tunedSensor(tuning, sensor, conditions) } : image);
  }
  return mosaics;
}

function frameAnalysis(
  mosaic: Mosaic,
  { dark, isLit, path }: { readonly dark?: SaidDark; readonly isLit: boolean; readonly path: string },
): FrameAnalysis {
  const inputs: Partial<RawAlgoInputs> = {
    ...(dark ? { blackLevel: { measured: expectDark(mosaic, dark), current: mosaic.sensor.blackLevels, damping: 1 } } : {}),
    ...(isLit ? { clippingPoint: measureClipping(mosaic), cfaOrder: measureCfa(mosaic) } : {}),
  };
  const { blackLevel, clippingPoint, cfaOrder } = decideRaw(inputs);
  return {
    file: path,
    ...(blackLevel ? { blackLevel: blackLevel.decision ?? null } : {}),
    ...(clippingPoint ? { clippingPoint: clippingPoint.decision ?? null } : {}),
    ...(cfaOrder ? { cfaOrder: cfaOrder.decision ?? null } : {}),
  };
}

/** From the differences of frames of a still scene; of others, from the quietest parts of each frame. */
function photonTransferOf(
  mosaics: readonly Mosaic[],
  { still }: AnalyseOptions,
): NonNullable<FramesAnalysis['photonTransfer']> | null {
  const isPaired = still === true && mosaics.length > 1;
  const ofPairs = (): ReturnType<typeof transferPointsOfPair> =>
    mosaics.slice(1).flatMap((mosaic, index) => transferPointsOfPair(mosaics[index] as Mosaic, mosaic));
  const points = isPaired ? levelsOf(ofPairs(), 'pair') : levelsOf(mosaics.flatMap(transferPointsOfFrame), 'frame');
  const decision = decideRaw({ photonTransfer: { points } }).photonTransfer?.decision;
  return decision ? { ...decision, from: isPaired ? 'pairs' : 'single frames' } : null;
}

function defectGrowthOf(mosaics: readonly Mosaic[]): NonNullable<FramesAnalysis['defectGrowth']> | null {
  const [{ width, sensor }] = mosaics as [Mosaic];
  if (mosaics.length < fewestDefectFrames) return null;
  const known = sensor.defects ?? new Uint32Array();
  const sightings = countSightings(mosaics.map((mosaic) => findSuspects(mosaic, sigmas)));
  const decision = decideRaw({ defectGrowth: { ...sightings, known, persistence } }).defectGrowth?.decision;
  if (!decision) return null;
  const added = Array.from(decision.added, (position) => [Math.floor(position / width), position % width] as const);
  return { known: known.length, added };
}

function areaIn(text: string): MosaicArea {
  const [left, top, columns, rows] = numbersIn('--masked', text, 4) as [number, number, number, number];
  const isWhole = [left, top, columns, rows].every((value) => Number.isInteger(value) && value >= 0) && columns >= 2 && rows >= 2;
  if (isWhole) return { left, top, columns, rows };
  const message = `Expected whole x,y,width,height of at least 2x2 samples for --masked but received ${text}`;
  throw new InputError('cli.masked', message);
}
