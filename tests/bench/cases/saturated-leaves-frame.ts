import { srgbTransfer } from '../../../main/base/colour/transfer.ts';
import type { Triple } from '../../../main/base/matrix3.ts';
import { groundTruth, renderFrame } from '../../../main/camera/simulator/ground-truth.ts';
import { simulatedSensor } from '../../../main/camera/simulator/sensor-model.ts';
import type { Mosaic } from '../../../main/live/single-frame.ts';
import type { RgbImage } from '../../../main/quality/rgb-image.ts';
import type { ColourPicture } from '../../support/colour-pictures.ts';
import { linearSensor, sampledRggb } from './quality-pictures.ts';

/** The simulator's saturated dead leaves at their design size, twice. */
export interface LeavesFrame {
  readonly blurSigmaPixels: number;
  /** The scene in 8-bit sRGB, for demosaics alone. */
  readonly picture: ColourPicture;
  /** A frame without noise, for whole stages. */
  readonly mosaic: Mosaic;
  /** The same, white-balanced in 16 bits, for demosaics that take it so. */
  readonly balanced: Mosaic;
  /** What the camera saw, white-balanced and encoded: the truth behind the frame for a stage without a colour matrix. */
  readonly reference: RgbImage;
  /** FastISP's and SlowISP's parameters for the exact white balance. */
  readonly gains: { readonly wb_red_gain: number; readonly wb_blue_gain: number };
}

const [width, height] = [1920, 1080];

function encodedBytes(light: Float32Array, [red, green, blue]: Triple): Uint8Array {
  const factors = [red, green, blue];
  return Uint8Array.from(light, (value, index) => {
    const clipped = Math.min(1, Math.max(0, value * (factors[index % 3] as number)));
    return Math.round(255 * srgbTransfer.encodedFromLinear(clipped));
  });
}

/** White balance on the samples; green's gain is the least. */
function balancedMosaic({ samples, sensor, ...size }: Mosaic, gains: Triple): Mosaic {
  const [black, range] = [sensor.blackLevels[0], sensor.whiteLevel - sensor.blackLevels[0]];
  const balanced = sampledRggb(width, height, (at) => {
    const light = ((samples[Math.floor(at / 3)] as number) - black) / range;
    return Math.round(65535 * Math.min(1, Math.max(0, light * (gains[at % 3] as number))));
  });
  return { ...size, samples: balanced, sensor: linearSensor };
}

/** Renders it behind a lens of that blur, standard deviation in pixels. */
export function saturatedLeavesFrame(blurSigmaPixels: number): LeavesFrame {
  const frame = { scene: 'dead-leaves-saturated', width, height, settings: { blurSigmaPixels, noise: false } };
  const truth = groundTruth(frame);
  const { srgbFromCamera: _, ...sensor } = simulatedSensor('RGGB');
  const mosaic = { width, height, samples: renderFrame(frame), sensor };
  const [wb_red_gain, , wb_blue_gain] = truth.whiteBalance;
  return {
    blurSigmaPixels,
    picture: { width, height, rgb: encodedBytes(truth.srgb('reference'), [1, 1, 1]) },
    mosaic,
    balanced: balancedMosaic(mosaic, truth.whiteBalance),
    reference: { width, height, channels: 3, pixels: encodedBytes(truth.cameraRgb(), truth.whiteBalance) },
    gains: { wb_red_gain, wb_blue_gain },
  };
}
