import { InputError } from '../base/errors.ts';

/** How well a defect map finds the defects that are there. */
export interface DefectScores {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** Of the pixels that were marked, the share that are defects; 1 where none was marked. */
  readonly precision: number;
  /** Of the defects, the share that was marked; 1 where there are none. */
  readonly recall: number;
  /** Harmonic mean of precision and recall; 0 where both are. */
  readonly f1: number;
}

/** Compares two maps of the same sensor, one byte a pixel, anything but 0 a defect. Throws InputError for maps of unequal size. */
export function defectScores(found: Uint8Array, truth: Uint8Array): DefectScores {
  if (found.length !== truth.length) {
    throw new InputError('quality.unlike', `Expected ${truth.length} pixels for the found map but received ${found.length}`);
  }
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
  for (let index = 0; index < truth.length; index++) {
    if (found[index] !== 0 && truth[index] !== 0) truePositives++;
    else if (found[index] !== 0) falsePositives++;
    else if (truth[index] !== 0) falseNegatives++;
  }
  const share = (of: number): number => (of === 0 ? 1 : truePositives / of);
  const [precision, recall] = [share(truePositives + falsePositives), share(truePositives + falseNegatives)];
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { truePositives, falsePositives, falseNegatives, precision, recall, f1 };
}
