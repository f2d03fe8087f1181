import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LossLedger } from '../../../main/telemetry/loss-ledger.ts';

const full = { code: 'telemetry.disk-full', message: 'full' };
const refused = { code: 'telemetry.row-refused', message: 'refused' };

describe('announcing lost rows', () => {
  let ledger: LossLedger;
  let announced: [code: string, rows: number][];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    ledger = new LossLedger();
    announced = [];
    ledger.faults.subscribe(({ error, lostRows }) => announced.push([error.code, lostRows]));
  });

  it('tells the first loss at once and what follows at most once a second, with nothing left uncounted', () => {
    for (let millis = 0; millis < 2500; millis += 10) {
      ledger.record({ sessionId: 1, rows: 2, error: full });
      vi.advanceTimersByTime(10);
    }
    expect(announced).toEqual([
      [full.code, 2],
      [full.code, 200],
      [full.code, 200],
    ]);
    ledger.announceAll();
    expect(announced.reduce((sum, [, rows]) => sum + rows, 0)).toBe(500);
  });

  it('holds each reason back by itself', () => {
    ledger.record({ sessionId: 1, rows: 1, error: full });
    ledger.record({ sessionId: 1, rows: 1, error: refused });
    expect(announced.map(([code]) => code)).toEqual([full.code, refused.code]);
  });

  it('has nothing to tell twice', () => {
    ledger.record({ sessionId: 1, rows: 1, error: full });
    ledger.announceAll();
    ledger.announceAll();
    expect(announced).toEqual([[full.code, 1]]);
  });
});
