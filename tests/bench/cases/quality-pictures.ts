import { readdirSync } from 'node:fs';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { type Mosaic, processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import type { RgbImage } from '../../../main/quality/rgb-image.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { type ColourPicture, readPicture } from '../../support/colour-pictures.ts';
import { absenceOf, realFile } from '../../support/real-data.ts';

/** Why there are no Kodak images; undefined where there are. */
export const kodakAbsent = absenceOf('Kodak images', ['kodak']);

/** Every Kodak image that is there, by its file's name without the ending. */
export function kodakPictures(): ReadonlyMap<string, ColourPicture> {
  if (kodakAbsent) return new Map();
  const names = readdirSync(realFile('kodak')).filter((name) => name.endsWith('.png'));
  return new Map(names.sort().map((name) => [name.replace('.png', ''), readPicture(realFile(`kodak/${name}`))]));
}

/** One value per pixel of a picture, in RGGB. */
export function sampledRggb(width: number, height: number, valueAt: (index: number) => number): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, index) => {
    const phase = (Math.floor(index / width) & 1) * 2 + ((index % width) & 1);
    return valueAt(index * 3 + ((phase + 1) >> 1));
  });
}

/** The picture of a whole stage on two workers, `look` over its defaults. */
export async function pictureOf(stage: Stage, mosaic: Mosaic, look: ParameterValues = {}): Promise<RgbImage> {
  const values = { ...defaultValues(stage.declaration.params), ...look };
  const { width, height, pixels } = await processMosaic(stage, mosaic, values, 2);
  return { width, height, channels: 4, pixels };
}

/** Settings that leave the picture to demosaic and colour: no sharpening, no noise reduction. */
export const neutral = {
  fast: { sharpen_amount: 0 },
  slow: { sharpen_amount: 0, nr_strength: 0, chroma_nr_strength: 0 },
} as const;

/** A sensor of 16 bits without black level whose white balance and colours are those of the picture. */
export const linearSensor: SensorDescription = { cfa: 'RGGB', bits: 16, blackLevels: [0, 0, 0, 0], whiteLevel: 65535 };

/** The mean of numbers; NaN for none. */
export function meanOf(values: Iterable<number>): number {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}
