import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';

/** What a variant of the chain is measured with. */
export interface IspLook {
  readonly sensor: SensorDescription;
  readonly values: ParameterValues;
}

const whole = { defect_correction: 'singles', shading_correction: true, chroma_enabled: true } as const;
const everything = { ...whole, sharpen_coring: true } as const;

/** A sensor with measured noise, a shading grid of 9x12 points and a map of 200 defects, as a calibrated one has. */
function calibrated(width: number, height: number): SensorDescription {
  const [rows, columns] = [9, 12];
  const gains = Float32Array.from({ length: 4 * rows * columns }, (_, index) => 1 + (index % 7) / 10);
  const defects = Uint32Array.from({ length: 200 }, (_, index) => Math.floor(((index + 0.5) / 200) * width * height));
  const levels = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;
  return { ...levels, noise: { slope: 0.2, offset: 4 }, shading: { rows, columns, gains }, defects };
}

/**
 * `core`: black level, white balance, demosaic, colour, tone and plain sharpening. `whole`: also defects, known and found, lens shading and
 * chroma noise reduction. `everything`: sharpening with coring as well.
 */
export function ispLook(name: string, width: number, height: number): IspLook {
  const extra = { core: {}, whole, everything }[name];
  if (!extra) throw new Error(`Expected core, whole or everything for the look but received ${name}`);
  const values = { ...defaultValues(fastIsp.declaration.params), wb_red_gain: 1.9, wb_blue_gain: 1.5, ...extra };
  return { sensor: calibrated(width, height), values };
}
