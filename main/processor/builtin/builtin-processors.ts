import type { ImageProcessor } from '../image-processor.ts';
import { colourBlindness } from './colour-blindness.ts';
import { edgeView } from './edge-view.ts';
import { falseColour } from './false-colour.ts';
import { guidedDenoise } from './guided-denoise.ts';
import { lutProcessor } from './lut.ts';
import { onnxRunner } from './onnx-runner.ts';
import { promptStyle } from './prompt-style.ts';
import { temporalDenoise } from './temporal-denoise.ts';
import { unsharpMask } from './unsharp-mask.ts';
import { vignetteCorrection } from './vignette-correction.ts';

/** The processors that come with the lab, in the order in which they are listed. */
export const builtinProcessors: readonly ImageProcessor[] = [
  vignetteCorrection,
  guidedDenoise,
  temporalDenoise,
  unsharpMask,
  lutProcessor,
  promptStyle,
  onnxRunner,
  falseColour,
  edgeView,
  colourBlindness,
];
