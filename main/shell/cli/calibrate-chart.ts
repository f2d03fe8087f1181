import { InputError } from '../../base/errors.ts';
import { calibrateFromChart, type ShadingOrder } from '../../calibration/chart-shading.ts';
import { type ColourCheckerEdition, colourCheckerLab, colourCheckerPatches } from '../../calibration/colour-checker.ts';
import type { PatchDifference } from '../../calibration/colour-matrix.ts';
import type { Mosaic } from '../../frame/mosaic.ts';
import { linearFrame } from '../../isp/linear-frame.ts';
import type { ChartCorners } from '../../quality/chart-grid.ts';
import { measureMosaicChart } from '../../quality/chart-patches.ts';
import { type CalibrationOptions, expectLight, finishCalibration, readFrames, significant } from './calibration-frames.ts';
import { developedDifferences } from './chart-picture.ts';
import { numbersIn } from './decimal.ts';
import { type CommandOutput, listingText } from './output.ts';

/** Arguments of `lab calibrate chart`. */
export interface ChartArguments extends CalibrationOptions {
  /** Centres of the outermost patches: top left, top right, bottom left, bottom right. */
  readonly corners: string;
  readonly edition: ColourCheckerEdition;
  readonly light: ShadingOrder;
  readonly patchShare: number;
  readonly stage: 'fast' | 'slow';
  readonly gain: number;
  readonly cct?: number;
}

/**
 * `lab calibrate chart`: white balance and colour matrix from a ColorChecker, at the colour temperature of its light; and how each patch
 * comes out, by the fit alone and in the picture that a whole stage makes of the file with it.
 */
export async function runCalibrateChart(path: string, options: ChartArguments, output: CommandOutput): Promise<void> {
  const corners = cornersIn(options.corners);
  expectLight(options.cct, options);
  const frames = await readFrames([path], options, options);
  const [mosaic] = frames.mosaics as [Mosaic];
  const measured = { corners, options: { patchShare: options.patchShare } };
  const linear = linearFrame(mosaic);
  const patches = measureMosaicChart(linear.mosaic, corners, measured.options);
  const references = colourCheckerLab(options.edition);
  const calibration = calibrateFromChart(patches, references, options.light);
  const { whiteBalance, colour, encodedColour } = calibration;
  expectChart(colour.meanDeltaE00);
  const picture = await developedDifferences(mosaic, measured, {
    calibration,
    references,
    stage: options.stage,
    dnScale: linear.dnScale,
  });
  const gains = whiteBalance.gains.map((gain) => significant(gain)) as [number, number, number];
  const [srgbFromCamera, srgbFromCameraEncoded] = [colour, encodedColour].map(
    (solution) => solution.srgbFromCamera.map((value) => significant(value)) as Matrix,
  ) as [Matrix, Matrix];
  const light = { whiteBalance: gains, srgbFromCamera, srgbFromCameraEncoded };
  const point = options.cct === undefined ? {} : { colour: [{ cctKelvin: options.cct, ...light }] };
  const rows = patchRows(colour.patches, picture.patches);
  const mean = (of: Differences): string => `mean ${of.meanDeltaE00.toFixed(2)}, worst ${of.worstDeltaE00.toFixed(2)}`;
  await finishCalibration(
    frames,
    {
      part: point,
      json: {
        cctKelvin: options.cct ?? null,
        edition: options.edition,
        whiteBalance: gains,
        worstCast: whiteBalance.worstCast,
        srgbFromCamera,
        srgbFromCameraEncoded,
        fit: { ...differencesOf(colour), patches: colour.patches.map(named) },
        picture: {
          stage: picture.stage,
          exposureEv: picture.exposureEv,
          ...differencesOf(picture),
          patches: picture.patches.map(named),
        },
      },
      text: [
        listingText(rows, { emptyText: '' }),
        `ΔE00 of the fit: ${mean(colour)}; of the picture by ${picture.stage}: ${mean(picture)}.`,
        `White balance ${gains.join(', ')}; greys differ by up to ${(whiteBalance.worstCast * 100).toFixed(1)} %.`,
        `Matrix ${matrixText(srgbFromCamera)}`,
        `Matrix for encoded values ${matrixText(srgbFromCameraEncoded)}`,
      ],
    },
    options,
    output,
  );
}

function matrixText(matrix: Matrix): string {
  return matrix.map((value) => value.toFixed(4)).join(' ');
}

type Matrix = [number, number, number, number, number, number, number, number, number];

/** More than any camera is off, in the mean of a chart: what was measured is something else. */
const mostDifference = 12;

function expectChart(meanDeltaE00: number): void {
  if (meanDeltaE00 <= mostDifference) return;
  const message = `Expected a chart that a matrix renders within ${mostDifference} ΔE00 in the mean but received ${meanDeltaE00.toFixed(1)}`;
  const action = 'Look whether --corners are the top left, top right, bottom left and bottom right patch of the upright chart.';
  throw new InputError('calibration.chart', message, action);
}

interface Differences {
  readonly meanDeltaE00: number;
  readonly medianDeltaE00: number;
  readonly worstDeltaE00: number;
}

function differencesOf({ meanDeltaE00, medianDeltaE00, worstDeltaE00 }: Differences): Differences {
  return { meanDeltaE00, medianDeltaE00, worstDeltaE00 };
}

function named({ index, ...patch }: PatchDifference): object {
  return { patch: index + 1, name: colourCheckerPatches[index]?.name, ...patch };
}

/** A patch that had no say is listed with the reason. */
function patchRows(fit: readonly PatchDifference[], picture: readonly PatchDifference[]): object[] {
  return fit.map(({ index, deltaE00, excluded }) => ({
    patch: index + 1,
    name: colourCheckerPatches[index]?.name,
    'ΔE00 fit': deltaE00.toFixed(2),
    'ΔE00 picture': (picture[index] as PatchDifference).deltaE00.toFixed(2),
    ...(excluded === undefined ? {} : { 'left out': excluded }),
  }));
}

function cornersIn(text: string): ChartCorners {
  const numbers = numbersIn('--corners', text, 8);
  if (!numbers.every((value) => value >= 0)) {
    throw new InputError('cli.corners', `Expected places in the frame for --corners but received ${text}`);
  }
  const [topLeft, topRight, bottomLeft, bottomRight] = [0, 2, 4, 6].map((at) => ({
    x: numbers[at] as number,
    y: numbers[at + 1] as number,
  })) as [Corner, Corner, Corner, Corner];
  return { topLeft, topRight, bottomLeft, bottomRight };
}

type Corner = ChartCorners['topLeft'];
