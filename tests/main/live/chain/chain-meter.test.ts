import { describe, expect, it } from 'vitest';
import { ChainMeter } from '../../../../main/live/chain/chain-meter.ts';
import type { PassReport } from '../../../../main/runtime/pass-report.ts';

/** A pass of one processor, or of several in one session, that took so many milliseconds. */
function pass(keys: readonly string[], millis: number, facts: Partial<PassReport> = {}): PassReport {
  const members = keys.map((key) => ({ key, version: 1 }));
  return { stage: keys.join('+'), modelHash: 'one', members, startedNs: 0n, finishedNs: BigInt(millis) * 1_000_000n, ...facts };
}

const failed = (code: string, message = code): Pick<PassReport, 'error'> => ({ error: { code, message } });

describe('the times of an entry', () => {
  it('are those of the session that it runs in now', () => {
    const meter = new ChainMeter();
    for (let frame = 0; frame < 5; frame++) meter.note(pass(['a', 'b'], 40));
    expect(meter.measurements(['a'])).toMatchObject([{ frames: 5, sharedBy: 2, millis: { median: 40, p99: 40 } }]);
    meter.note(pass(['a'], 6, { modelHash: 'other' }));
    expect(meter.measurements(['a', 'b'])).toMatchObject([
      { frames: 6, sharedBy: 1, millis: { median: 6, p99: 6 } },
      { frames: 5, sharedBy: 2, millis: { median: 40, p99: 40 } },
    ]);
    expect(['a', 'b', 'c'].map((key) => meter.modelHashOf(key))).toEqual(['other', 'one', undefined]);
  });
});

describe('the failure that is told of an entry', () => {
  const told = (meter: ChainMeter): unknown => {
    const [{ failures, lastError, goodFrames } = {}] = meter.measurements(['a']);
    return [failures, lastError?.message, goodFrames];
  };

  it('is the newest, with the frames that went well since', () => {
    const meter = new ChainMeter();
    meter.note(pass(['a'], 1));
    expect(told(meter)).toEqual([0, undefined, undefined]);
    meter.note(pass(['a'], 1, failed('processor.result', 'first')));
    for (let frame = 0; frame < 3; frame++) meter.note(pass(['a'], 1));
    expect(told(meter)).toEqual([1, 'first', 3]);
    meter.note(pass(['a'], 1, failed('processor.result', 'second')));
    expect(told(meter)).toEqual([2, 'second', 0]);
  });

  it('is the call that did not come back, and not those that are refused for it', () => {
    const meter = new ChainMeter();
    meter.note(pass(['a'], 60, failed('processor.slow', 'no answer')));
    const verdicts = Array.from({ length: 9 }, () => meter.note(pass(['a'], 0, failed('processor.busy', 'still busy'))));
    expect(told(meter)).toEqual([10, 'no answer', 0]);
    expect(verdicts.at(-1)?.suspension).toMatchObject({ processor: 'a', failures: 10, error: { message: 'no answer' } });
  });

  it('stays the cause of its suspension, whatever ends later, until it is given another chance', () => {
    const meter = new ChainMeter();
    for (let frame = 0; frame < 10; frame++) meter.note(pass(['a'], 1, failed('processor.failed', 'it broke')));
    const late = meter.note(pass(['a'], 2000, failed('processor.slow', 'no answer')));
    expect([late.suspension, told(meter)]).toEqual([undefined, [11, 'it broke', 0]]);
    meter.forgive('a');
    meter.note(pass(['a'], 2000, failed('processor.slow', 'no answer')));
    expect(told(meter)).toEqual([12, 'no answer', 0]);
  });
});
