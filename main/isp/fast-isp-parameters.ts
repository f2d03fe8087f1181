import { z } from 'zod';
import { loadTime, type Parameters } from '../processor/parameters.ts';
import { executionProvider } from './execution-provider.ts';
import { orientations } from './orientation.ts';

const category = 'Load time';
const sample = z.int().min(0).max(65534).multipleOf(2).default(0);
const crop = { category, unit: 'px', help: 'Part of the mosaic that becomes the picture, even; a size of 0 reaches to the edge' };

/** What shapes FastISP's graph: which operators take part, and what of the frame is made. */
export const fastIspChoices: Parameters = {
  output_resolution: loadTime(z.enum(['full', 'half', 'quarter']).default('full'), {
    order: 70,
    label: 'Resolution',
    category,
    help: 'Half bins each 2x2 cell to one pixel, quarter averages 2x2 of those and leaves a half one at the edge out',
    optionLabels: ['Full', 'Half, binned', 'Quarter, averaged'],
  }),
  demosaic_method: loadTime(z.enum(['malvar', 'bilinear']).default('malvar'), {
    order: 71,
    label: 'Demosaic',
    category,
    help: 'At full resolution. Malvar-He-Cutler is 5 dB better than bilinear, and costs the same',
    optionLabels: ['Malvar-He-Cutler', 'Bilinear'],
  }),
  colour_domain: loadTime(z.enum(['encoded', 'linear']).default('encoded'), {
    order: 72,
    label: 'Colour correction',
    category,
    help: 'Linear is exact, and costs the tone curve on three channels instead of on the mosaic',
    optionLabels: ['Encoded values', 'Linear light, exact'],
  }),
  tone_curve: loadTime(z.enum(['srgb', 'gamma', 'filmic', 'user']).default('srgb'), {
    order: 73,
    label: 'Tone curve',
    category,
    help: 'sRGB, a plain exponent, a filmic curve before sRGB, or curve points of your own after it',
    optionLabels: ['sRGB', 'Gamma', 'Filmic', 'User curve'],
  }),
  chroma_enabled: loadTime(z.boolean().default(false), {
    order: 74,
    label: 'Chroma noise reduction on',
    category,
    help: 'Smooths colour noise where it is no edge; luminance stays',
  }),
  sharpen_coring: loadTime(z.boolean().default(false), {
    order: 75,
    label: 'Sharpening with coring',
    category,
    help: 'Leaves detail below a threshold unsharpened, so that noise stays as it is',
  }),
  picture_orientation: loadTime(z.enum(orientations).default('upright'), {
    order: 76,
    label: 'Orientation',
    category,
    help: 'Turns the picture; a quarter turn is made by one worker, the others cost little',
    optionLabels: ['Upright', '90° clockwise', '180°', '270° clockwise', 'Mirrored', 'Upside down'],
  }),
  crop_left: loadTime(sample, { ...crop, order: 77, label: 'Crop left' }),
  crop_top: loadTime(sample, { ...crop, order: 78, label: 'Crop top' }),
  crop_width: loadTime(sample, { ...crop, order: 79, label: 'Crop width' }),
  crop_height: loadTime(sample, { ...crop, order: 80, label: 'Crop height' }),
  strip_rows: loadTime(z.int().min(16).max(4096).default(90), {
    order: 81,
    label: 'Strip height',
    category,
    unit: 'rows',
    help: 'Rows that one worker takes at a time: row kernels hardly mind, ONNX Runtime is fastest when they fit the cache',
  }),
  ...executionProvider,
};
