import type { Lab } from '../../base/colour/lab.ts';
import { srgbTransfer } from '../../base/colour/transfer.ts';
import { assert } from '../../base/errors.ts';
import { identity3, type Triple } from '../../base/matrix3.ts';
import { type ChartCalibration, lightAt } from '../../calibration/chart-shading.ts';
import { type ColourMatrixSolution, judgeColourMatrix } from '../../calibration/colour-matrix.ts';
import type { Mosaic } from '../../frame/mosaic.ts';
import { stageNamed } from '../../isp/stages.ts';
import { runStage } from '../../live/single-frame.ts';
import { defaultValues } from '../../processor/parameters.ts';
import { stagePorts } from '../../processor/stage.ts';
import type { ChartCorners } from '../../quality/chart-grid.ts';
import { type ChartOptions, measureChart } from '../../quality/chart-patches.ts';

/** What a chart is developed and judged with. */
export interface ChartJudgement {
  readonly calibration: ChartCalibration;
  /** CIE L*a*b* (D50) of the 24 patches. */
  readonly references: readonly Lab[];
  readonly stage: 'fast' | 'slow';
  /** DN that the calibration's patches count for one DN of the mosaic. */
  readonly dnScale: number;
}

/** The patches of a finished picture. */
export interface DevelopedChart extends ColourMatrixSolution {
  /** Name of the stage that made it. */
  readonly stage: string;
  /** Exposure compensation that it was made with, EV: white comes out white, as far as the stage's range reaches. */
  readonly exposureEv: number;
}

/** Nothing that sharpens or smooths: both change patches near their edges only, and are no part of colour. */
const plainLook = { sharpen_amount: 0, nr_strength: 0, chroma_nr_strength: 0 };
const mostExposureEv = 4;

/**
 * The whole way from the file to sRGB: the stage develops the mosaic with the calibration's gains, matrix and exposure, and the
 * patches of its 8-bit picture are compared with the chart. Uneven light over the chart, as the calibration found it, is taken out.
 * All patches count, those that the calibration left out as well.
 */
export async function developedDifferences(
  mosaic: Mosaic,
  { corners, options }: { readonly corners: ChartCorners; readonly options: ChartOptions },
  { calibration, references, stage: stageName, dnScale }: ChartJudgement,
): Promise<DevelopedChart> {
  const stage = stageNamed(stageName);
  const { srgbFromCamera, exposure } = calibration.colour;
  const { srgbFromCamera: srgbFromCameraEncoded } = calibration.encodedColour;
  const { gains } = calibration.whiteBalance;
  const { blackLevels, whiteLevel } = mosaic.sensor;
  const rangeDn = whiteLevel - blackLevels.reduce((sum, black) => sum + black, 0) / 4;
  // The stages divide gains by the least of them and count light from 0 to 1; the fit counts DN.
  const wantedEv = Math.log2(exposure * rangeDn * dnScale * Math.min(...gains));
  const exposureEv = Math.min(Math.max(wantedEv, -mostExposureEv), mostExposureEv);
  const chosen = { wb_red_gain: gains[0], wb_blue_gain: gains[2], exposure_ev: exposureEv, ...plainLook };
  const { params } = stage.declaration;
  const known = Object.entries(chosen).filter(([name]) => name in params);
  const values = { ...defaultValues(params), ...Object.fromEntries(known) };
  const sensor = { ...mosaic.sensor, srgbFromCamera, srgbFromCameraEncoded };
  const { planes, width, height } = await runStage(stage, { ...mosaic, sensor }, values);
  const picture = planes[stagePorts.picture];
  assert(picture instanceof Uint8Array, `Expected a picture from ${stage.declaration.name} but it makes none`);
  const pixels = Float32Array.from(picture, (value) => srgbTransfer.linearFromEncoded(value / 255));
  const patches = measureChart({ width, height, channels: 4, pixels }, corners, options).map(({ mean, centre }) => {
    const light = lightAt(calibration.shading, centre) * 2 ** (exposureEv - wantedEv);
    return { mean: mean.map((value) => value / light) as unknown as Triple };
  });
  const judged = judgeColourMatrix(identity3, 1, patches, references);
  return { ...judged, stage: stage.declaration.name, exposureEv };
}
