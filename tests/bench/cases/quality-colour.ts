import { srgbTransfer } from '../../../main/base/colour/transfer.ts';
import { identity3, type Matrix3, type Triple } from '../../../main/base/matrix3.ts';
import { type ChartCalibration, calibrateFromChart, lightAt } from '../../../main/calibration/chart-shading.ts';
import { type ColourCheckerEdition, colourCheckerLab, colourCheckerPatches } from '../../../main/calibration/colour-checker.ts';
import { type ColourMatrixSolution, judgeColourMatrix } from '../../../main/calibration/colour-matrix.ts';
import { whiteBalanced } from '../../../main/calibration/white-balance.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import { measureChart, type PatchMeasure } from '../../../main/quality/chart-patches.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import {
  ar1335Chart,
  canonChart,
  type RealChart,
  realChartFiles,
  realChartOptions,
  realPatches,
} from '../../support/real-charts.ts';
import { absenceOf } from '../../support/real-data.ts';
import type { PeerFigure, QualityFigure, QualityOutput, Target } from '../quality.ts';
import { neutral, pictureOf } from './quality-pictures.ts';

/** Gains and matrix that somebody else gives for the same frame. */
interface VendorColour {
  readonly name: string;
  readonly gains: Triple;
  readonly srgbFromCamera: Matrix3;
}

const target: Target = { bound: 'at most', value: 3 };
const absent = absenceOf('real charts', realChartFiles);
const editions: readonly ColourCheckerEdition[] = ['before-november-2014', 'from-november-2014'];

/** What was published with the frame, in 1024ths. */
const ar1335Vendor: VendorColour = {
  name: "the vendor's gains and matrix",
  gains: [1.449, 1, 3.242],
  srgbFromCamera: [2256, -1116, -116, -300, 1340, -16, 60, -908, 1872].map((value) => value / 1024) as unknown as Matrix3,
};

function detailsOf({ patches }: ColourMatrixSolution): Record<string, number> {
  return Object.fromEntries(patches.map(({ index, deltaE00 }) => [colourCheckerPatches[index]?.name, deltaE00]));
}

/** Nobody knows the edition of either chart, so the one that fits worse is told. */
function worseOf(solutions: readonly ColourMatrixSolution[]): ColourMatrixSolution {
  return solutions.reduce((worse, solution) => (solution.meanDeltaE00 > worse.meanDeltaE00 ? solution : worse));
}

function evenlyLit(patches: readonly PatchMeasure[], { shading }: ChartCalibration): PatchMeasure[] {
  return patches.map((patch) => {
    const light = lightAt(shading, patch.centre);
    return { ...patch, mean: patch.mean.map((value) => value / light) as unknown as Triple };
  });
}

/** The same chart through other gains and another matrix, at the exposure that suits them best. */
function vendorDifference(
  patches: readonly PatchMeasure[],
  calibration: ChartCalibration,
  vendor: VendorColour,
  edition: ColourCheckerEdition,
): ColourMatrixSolution {
  const balanced = whiteBalanced(evenlyLit(patches, calibration), vendor.gains);
  const exposures = Array.from({ length: 200 }, (_, step) => calibration.colour.exposure * 0.5 * 1.007 ** step);
  const all = exposures.map((exposure) =>
    judgeColourMatrix(vendor.srgbFromCamera, exposure, balanced, colourCheckerLab(edition)),
  );
  return all.reduce((best, solution) => (solution.meanDeltaE00 < best.meanDeltaE00 ? solution : best));
}

/** From the file to the patches of the finished picture: real stage, fitted gains, matrix and exposure. */
async function chainDifference(
  { mosaic, corners }: RealChart,
  calibration: ChartCalibration,
  edition: ColourCheckerEdition,
  { stage, look, encoded = 'refitted' }: Chain,
): Promise<ColourMatrixSolution> {
  const { srgbFromCamera, exposure } = calibration.colour;
  const { srgbFromCamera: refitted } = calibration.encodedColour;
  const { gains } = calibration.whiteBalance;
  const { blackLevels, whiteLevel } = mosaic.sensor;
  const range = whiteLevel - blackLevels.reduce((sum, black) => sum + black, 0) / 4;
  // The stages divide gains by the least of them and count light from 0 to 1; the fit counts DN.
  const exposure_ev = Math.log2(exposure * range * Math.min(...gains));
  const values = { ...look, wb_red_gain: gains[0], wb_blue_gain: gains[2], exposure_ev };
  const srgbFromCameraEncoded = encoded === 'refitted' ? refitted : srgbFromCamera;
  const described = { ...mosaic, sensor: { ...mosaic.sensor, srgbFromCamera, srgbFromCameraEncoded } };
  const picture = await pictureOf(stage, described, values);
  const pixels = Float32Array.from(picture.pixels, (value) => srgbTransfer.linearFromEncoded(value / 255));
  const patches = evenlyLit(measureChart({ ...picture, pixels }, corners, realChartOptions), calibration);
  // Clipped and uneven patches count as well: they are part of the picture.
  const colours = patches.map(({ mean }) => ({ mean }));
  return judgeColourMatrix(identity3, 1, colours, colourCheckerLab(edition));
}

interface Chain {
  readonly stage: Stage;
  readonly look: ParameterValues;
  /** The matrix for encoded values; the refitted one where it is not said. */
  readonly encoded?: 'refitted' | 'as linear';
  /** What colour itself allows; of encoded values, colours are reported only. */
  readonly target?: Target;
}

const chains: Readonly<Record<string, Chain>> = {
  'FastISP, matrix refitted for encoded values (default)': { stage: fastIsp, look: neutral.fast },
  'FastISP, matrix of linear light on encoded values': { stage: fastIsp, look: neutral.fast, encoded: 'as linear' },
  'FastISP, matrix in linear light': { stage: fastIsp, look: { ...neutral.fast, colour_domain: 'linear' }, target },
  SlowISP: { stage: slowIsp, look: neutral.slow, target },
};

/** The row of the fit, and those of the stages that use it. */
async function chartFigures(
  name: string,
  chart: RealChart,
  vendor: VendorColour,
): Promise<{ readonly fit: QualityFigure; readonly chains: readonly QualityFigure[] }> {
  const patches = realPatches(chart);
  const fits = editions.map((edition) => ({ edition, calibration: calibrateFromChart(patches, colourCheckerLab(edition)) }));
  const rowOf = (row: string, protocol: string, solutions: readonly ColourMatrixSolution[]): QualityFigure => {
    const worse = worseOf(solutions);
    const parts = { name: `${name}: ${row}`, protocol, value: worse.meanDeltaE00, unit: 'ΔE00', n: worse.patches.length };
    return { ...parts, details: detailsOf(worse) };
  };
  const vendors = fits.map(({ edition, calibration }) => vendorDifference(patches, calibration, vendor, edition));
  const peers: PeerFigure[] = [{ name: vendor.name, value: worseOf(vendors).meanDeltaE00 }];
  const fitProtocol =
    'Mean ΔE00 of a ColorChecker: white balance, matrix, exposure and an even field of light fitted to its RAW patches; worse of both editions of the chart';
  const fitted = rowOf(
    'fit',
    fitProtocol,
    fits.map(({ calibration }) => calibration.colour),
  );
  const chainProtocol =
    'Mean ΔE00 of a ColorChecker in the 8-bit sRGB picture: the fit through whole stages without sharpening and noise reduction, field of light divided out; worse of both editions';
  const rows: QualityFigure[] = [];
  for (const [row, chain] of Object.entries(chains)) {
    const solutions: ColourMatrixSolution[] = [];
    for (const { edition, calibration } of fits) {
      solutions.push(await chainDifference(chart, calibration, edition, chain));
    }
    rows.push({ ...rowOf(row, chainProtocol, solutions), ...(chain.target ? { target: chain.target } : {}) });
  }
  return { fit: { ...fitted, target, peers }, chains: rows };
}

async function allFigures(): Promise<QualityFigure[]> {
  if (absent) return [];
  const canon = await canonChart();
  const { whiteBalance, srgbFromCamera } = canon.mosaic.sensor;
  const canonVendor: VendorColour = {
    name: "the file's own tags",
    gains: whiteBalance ?? [1, 1, 1],
    srgbFromCamera: srgbFromCamera ?? identity3,
  };
  const charts = [
    await chartFigures('AR1335 indoors', await ar1335Chart(), ar1335Vendor),
    await chartFigures('Canon 550D in warm light', canon, canonVendor),
  ];
  return [...charts.map(({ fit }) => fit), ...charts.flatMap(({ chains: ofChart }) => ofChart)];
}

const output: QualityOutput = { figures: await allFigures(), absent: absent ? [absent] : [] };
process.stdout.write(JSON.stringify(output));
