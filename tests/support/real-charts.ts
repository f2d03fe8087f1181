import { readFile } from 'node:fs/promises';
import { measureBlack } from '../../main/calibration/black-level.ts';
import { readDngSamples } from '../../main/camera/file/dng-samples.ts';
import { readRawFile } from '../../main/camera/file/raw-file.ts';
import { readTiff, type TiffDirectory } from '../../main/camera/file/tiff.ts';
import type { Mosaic } from '../../main/frame/mosaic.ts';
import type { ChartCorners } from '../../main/quality/chart-grid.ts';
import { measureMosaicChart, type PatchMeasure } from '../../main/quality/chart-patches.ts';
import { realFile } from './real-data.ts';

/** Names of the files of {@link ar1335Chart} and {@link canonChart}. */
export const realChartFiles = ['ar1335_Indoor1_2592x1536_8b_grbg.raw', 'canon550d_ccpassport_1888x1182_14b_rggb.dng'] as const;

const [ar1335File, canonFile] = realChartFiles;
const ar1335 = {
  width: 2592,
  height: 1536,
  cfa: 'GRBG',
  bits: 8,
  packing: 'unpacked',
  blackLevel: 12.5,
  whiteLevel: 255,
} as const;

/** Of a patch's pitch, how much of the middle is measured: both charts are small in their frames. */
export const realChartOptions = { patchShare: 0.4 } as const;

/** A real frame with a ColorChecker in it. */
export interface RealChart {
  readonly mosaic: Mosaic;
  readonly corners: ChartCorners;
}

/** An AR1335 indoors. */
export async function ar1335Chart(): Promise<RealChart> {
  const mosaic = await readRawFile(realFile(ar1335File), ar1335);
  const corners: ChartCorners = {
    topLeft: { x: 627, y: 1179 },
    topRight: { x: 1058, y: 1185 },
    bottomLeft: { x: 635, y: 1430 },
    bottomRight: { x: 1061, y: 1442 },
  };
  return { mosaic, corners };
}

/** Black of the Canon's masked columns, which lie left of its visible part; that begins at (152, 26). */
export async function canonBlack(): Promise<ReturnType<typeof measureBlack>> {
  const bytes = new Uint8Array(await readFile(realFile(canonFile)));
  const { directories, littleEndian } = readTiff(bytes, canonFile);
  const raw = directories.find((directory) => directory.first(262, 0) === 32803) as TiffDirectory;
  const [width, height] = [1888, 1182];
  const { samples } = readDngSamples(bytes, raw, { width, height, littleEndian, path: canonFile });
  return measureBlack({ samples, width, height }, [{ x: 8, y: 26, width: 128, height: 1152 }], { x: 152, y: 26 });
}

/** A Canon 550D in dim, warm light, with the black level of {@link canonBlack}; its file notes the white balance of another light. */
export async function canonChart(): Promise<RealChart> {
  const image = await readRawFile(realFile(canonFile));
  const mosaic: Mosaic = { ...image, sensor: { ...image.sensor, blackLevels: (await canonBlack()).levels } };
  const corners: ChartCorners = {
    topLeft: { x: 715.8, y: 625 },
    topRight: { x: 1251.7, y: 613.3 },
    bottomLeft: { x: 703.3, y: 930 },
    bottomRight: { x: 1258.3, y: 924.2 },
  };
  return { mosaic, corners };
}

/** The patches of a real chart, DN above black. */
export function realPatches({ mosaic, corners }: RealChart): PatchMeasure[] {
  return measureMosaicChart(mosaic, corners, realChartOptions);
}
