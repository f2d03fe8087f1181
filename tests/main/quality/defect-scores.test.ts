import { describe, expect, it } from 'vitest';
import { defectScores } from '../../../main/quality/defect-scores.ts';

describe('defect scores', () => {
  it('refuse maps of unequal size', () => {
    expect(() => defectScores(new Uint8Array(3), new Uint8Array(4))).toThrow(
      'Expected 4 pixels for the found map but received 3',
    );
  });

  it('count hits, false alarms and misses', () => {
    const truth = Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0);
    const found = Uint8Array.of(255, 1, 1, 0, 1, 0, 0, 0);
    expect(defectScores(found, truth)).toEqual({
      truePositives: 3,
      falsePositives: 1,
      falseNegatives: 1,
      precision: 0.75,
      recall: 0.75,
      f1: 0.75,
    });
  });

  it('blame nobody where there is nothing to find or to mark', () => {
    const none = new Uint8Array(2);
    expect(defectScores(none, none)).toMatchObject({ precision: 1, recall: 1, f1: 1 });
    expect(defectScores(none, Uint8Array.of(1, 0))).toMatchObject({ precision: 1, recall: 0, f1: 0 });
    expect(defectScores(Uint8Array.of(0, 1), Uint8Array.of(1, 0))).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  });
});
