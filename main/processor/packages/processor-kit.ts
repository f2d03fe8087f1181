import { z } from 'zod';
import type { ImageProcessor } from '../image-processor.ts';
import { loadTime, type Parameters, runtime } from '../parameters.ts';

/**
 * What the module of a package is given, since it can import nothing of the lab: `export default ({ defineProcessor, runtime, z }) =>
 * defineProcessor({ … })`. Here `defineProcessor` checks nothing: all rules are checked at once when the package is loaded.
 */
export const processorKit = {
  z,
  runtime,
  loadTime,
  defineProcessor: <P extends Parameters>(processor: ImageProcessor<P>): ImageProcessor<P> => processor,
} as const;
