import { describe, expect, it } from 'vitest';
import { BackgroundLane } from '../../../main/runtime/background-lane.ts';
import type { CompletionEvent } from '../../../main/runtime/envelope.ts';
import { failuresUntilSuspension, type Suspension } from '../../../main/runtime/failure-streaks.ts';
import type { Lane } from '../../../main/runtime/lane.ts';
import { RealtimeLane } from '../../../main/runtime/realtime-lane.ts';
import { faultsOfTest } from '../../support/faults.ts';
import { plainEnvelope, ScriptedRunner, StandingClock } from '../../support/scripted-runner.ts';

const failure = { code: 'lab.unexpected', message: 'it broke' };

/** What a lane completed, as the test reads it. */
function listenTo(lane: Lane): {
  readonly outcomes: string[];
  readonly events: CompletionEvent[];
  readonly suspensions: Suspension[];
} {
  const heard = { outcomes: [] as string[], events: [] as CompletionEvent[], suspensions: [] as Suspension[] };
  lane.completed.subscribe((event) => {
    heard.outcomes.push(`${event.frameId} ${event.status}`);
    heard.events.push(event);
  });
  lane.suspended.subscribe((suspension) => heard.suspensions.push(suspension));
  return heard;
}

function realtime() {
  const clock = new StandingClock();
  const runner = new ScriptedRunner(clock.now);
  const lane = new RealtimeLane(runner, clock);
  return { clock, runner, lane, ...listenTo(lane) };
}

function background(capacity = 2) {
  const clock = new StandingClock();
  const runner = new ScriptedRunner(clock.now);
  const lane = new BackgroundLane(runner, { ...clock, capacity });
  const submit = (frameId: number, priority = 0, streamId = 'live', signal?: AbortSignal): Promise<void> =>
    lane.submit(plainEnvelope(frameId, { lane: 'background', streamId }), 1, { priority, ...(signal ? { signal } : {}) });
  return { clock, runner, lane, submit, ...listenTo(lane) };
}

describe('the progress of background work', () => {
  it('is that of the envelope in work, and nothing of one that waits', async () => {
    const { lane, runner, submit } = background();
    await submit(1);
    await submit(2);
    runner.progress = 0.25;
    expect([1, 2].map((frameId) => lane.progressOf(plainEnvelope(frameId)))).toEqual([0.25, 0]);
    runner.end();
    expect([1, 2].map((frameId) => lane.progressOf(plainEnvelope(frameId)))).toEqual([0, 0.25]);
  });
});

describe('a lane that cannot run what it is given', () => {
  it('refuses a capacity of nothing', () => {
    expect(() => background(0)).toThrow('Expected a positive capacity but received 0');
  });

  it('fails every envelope by the obstacle, without running one, and is drained', async () => {
    const { lane, runner, events, outcomes } = realtime();
    runner.workers.obstacle = new Error('no worker is left');
    lane.submit(plainEnvelope(1), 3);
    lane.submit(plainEnvelope(2), 3);
    expect(outcomes).toEqual(['1 failed', '2 failed']);
    expect(events[0]).toMatchObject({ error: { message: 'no worker is left' }, statistics: { strips: 0 } });
    expect(events[0]?.startedNs).toBe(events[0]?.finishedNs);
    expect(runner.begun).toEqual([]);
    await expect(lane.drained()).resolves.toBeUndefined();
  });

  it('takes no envelope whose signal has come already', async () => {
    const { lane, submit, outcomes } = background();
    await expect(submit(1, 0, 'live', AbortSignal.abort())).rejects.toMatchObject({ code: 'runtime.cancelled', exitCode: 2 });
    expect([lane.waiting, outcomes]).toEqual([0, []]);
  });
});

describe('a listener that throws', () => {
  it('keeps neither the lane nor the other envelopes nor the submitter from anything, and is heard of', async () => {
    const { lane, runner, clock, outcomes } = realtime();
    lane.completed.subscribe(() => {
      throw new Error('a listener that throws');
    });
    const faults = faultsOfTest();
    lane.submit(plainEnvelope(1), 1);
    const deadlineNs = clock.nowNs + 1n;
    for (const [frameId, streamId] of [
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
    ] as const) {
      lane.submit(plainEnvelope(frameId, { streamId, deadlineNs }), 1);
    }
    clock.advance(1);
    runner.end();
    await lane.drained();
    expect(outcomes).toEqual(['1 done', '2 expired', '3 expired', '4 expired']);
    expect(faults).toEqual(new Array(4).fill(new Error('a listener that throws')));
  });

  it('does not make a submission look refused, nor end a cancellation halfway', async () => {
    const { lane, runner, submit, outcomes } = background(4);
    lane.completed.subscribe(() => {
      throw new Error('a listener that throws');
    });
    const faults = faultsOfTest();
    for (const frameId of [1, 2, 3]) await submit(frameId);
    lane.cancel(() => true);
    expect(outcomes).toEqual(['2 cancelled', '3 cancelled']);
    runner.end();
    runner.workers.obstacle = new Error('gone');
    await expect(submit(4)).resolves.toBeUndefined();
    expect(outcomes.slice(2)).toEqual(['1 cancelled', '4 failed']);
    expect(faults).toHaveLength(4);
  });
});

describe('RealtimeLane', () => {
  it('keeps the newest frame of each stream, and completes the replaced one at once', () => {
    const { lane, runner, outcomes } = realtime();
    for (const frameId of [1, 2, 3]) lane.submit(plainEnvelope(frameId), 1);
    expect(outcomes).toEqual(['2 replaced']);
    runner.end();
    expect([outcomes, lane.waiting, runner.running?.envelope.frameId]).toEqual([['2 replaced', '1 done'], 0, 3]);
  });

  it('lets streams take turns, whoever submits more', () => {
    const { lane, runner } = realtime();
    for (const [frameId, streamId] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
      [4, 'a'],
      [5, 'c'],
    ] as const) {
      lane.submit(plainEnvelope(frameId, { streamId }), 1);
    }
    runner.end();
    lane.submit(plainEnvelope(6, { streamId: 'a' }), 1);
    for (let turn = 0; turn < 3; turn++) runner.end();
    expect(runner.begun.map(({ frameId, streamId }) => `${streamId}${frameId}`)).toEqual(['a1', 'a4', 'b3', 'c5', 'a6']);
  });

  it('runs an envelope at its deadline, and completes one that is past it as expired', () => {
    const { lane, runner, clock, outcomes, events } = realtime();
    lane.submit(plainEnvelope(1), 1);
    lane.submit(plainEnvelope(2, { streamId: 'a', deadlineNs: clock.nowNs + 5_000_000n }), 1);
    lane.submit(plainEnvelope(3, { streamId: 'b', deadlineNs: clock.nowNs + 4_999_999n }), 1);
    clock.advance(5);
    runner.end();
    runner.end();
    expect(outcomes).toEqual(['1 done', '2 done', '3 expired']);
    expect(events[2]).toMatchObject({ startedNs: clock.nowNs, finishedNs: clock.nowNs, statistics: { strips: 0 } });
    expect(events[2]?.error).toBeUndefined();
  });

  it('has its runner at work before anybody looks at what it did', () => {
    const { lane, runner } = realtime();
    const seen: (number | undefined)[] = [];
    lane.completed.subscribe(() => seen.push(runner.running?.envelope.frameId));
    lane.submit(plainEnvelope(1), 1);
    lane.submit(plainEnvelope(2), 1);
    runner.end();
    expect(seen).toEqual([2]);
  });

  it('takes what a listener submits from within a completion', () => {
    const { lane, runner, outcomes } = realtime();
    lane.completed.subscribe(({ frameId }) => frameId < 3 && lane.submit(plainEnvelope(frameId + 1), 1));
    lane.submit(plainEnvelope(1), 1);
    for (let turn = 0; turn < 3; turn++) runner.end();
    expect(outcomes).toEqual(['1 done', '2 done', '3 done']);
  });
});

describe('a processor that fails', () => {
  it('is suspended after ten failures in a row, says so once, and harms no other', () => {
    const { lane, runner, outcomes, events, suspensions } = realtime();
    for (let frameId = 1; frameId <= failuresUntilSuspension; frameId++) {
      lane.submit(plainEnvelope(frameId, { stage: 'bad' }), 1);
      runner.end(failure);
    }
    expect(suspensions).toEqual([{ processor: 'bad', failures: 10, error: failure }]);
    for (const frameId of [11, 12]) lane.submit(plainEnvelope(frameId, { stage: 'bad' }), 1);
    expect(runner.begun).toHaveLength(10);
    expect(events[11]?.error).toEqual({
      code: 'runtime.suspended',
      message: 'bad is suspended after 10 failures in a row, the last one: it broke',
      action: 'Start the stream again, or change one of its settings where it has any.',
    });
    lane.submit(plainEnvelope(13, { stage: 'good' }), 1);
    runner.end();
    expect(outcomes.slice(-3)).toEqual(['11 failed', '12 failed', '13 done']);
    expect(suspensions).toHaveLength(1);
  });

  it('begins anew when it works once, and when it is forgiven', () => {
    const { lane, runner, suspensions } = realtime();
    const run = (times: number, error?: typeof failure): void => {
      for (let turn = 0; turn < times; turn++) {
        lane.submit(plainEnvelope(turn), 1);
        runner.end(error);
      }
    };
    run(9, failure);
    run(1);
    run(9, failure);
    expect(suspensions).toEqual([]);
    run(1, failure);
    expect(suspensions).toHaveLength(1);
    lane.forgive('stage');
    run(9, failure);
    expect(suspensions).toHaveLength(1);
    run(1, failure);
    expect(suspensions).toHaveLength(2);
  });

  it('is not blamed for a job that was cancelled', async () => {
    const { lane, runner, submit, suspensions, outcomes } = background();
    for (let frameId = 1; frameId <= 12; frameId++) {
      await submit(frameId);
      lane.cancel(() => true);
      runner.end(frameId === 12 ? failure : undefined);
    }
    expect([suspensions.length, outcomes.at(-2), outcomes.at(-1)]).toEqual([0, '11 cancelled', '12 failed']);
  });
});

describe('BackgroundLane', () => {
  it('loses nothing: by priority, then age, and whoever comes too early waits for room', async () => {
    const { lane, runner, submit, outcomes } = background(2);
    const accepted: number[] = [];
    const pushes = [
      [1, 0],
      [2, 0],
      [3, 5],
      [4, 0],
      [5, 9],
    ] as const;
    const all = pushes.map(([frameId, priority]) => submit(frameId, priority).then(() => accepted.push(frameId)));
    await Promise.all(all.slice(0, 3));
    expect([accepted, lane.waiting]).toEqual([[1, 2, 3], 4]);
    for (let turn = 0; turn < 5; turn++) runner.end();
    await Promise.all(all);
    expect(outcomes).toEqual(['1 done', '3 done', '5 done', '2 done', '4 done']);
    expect(lane.waiting).toBe(0);
  });

  it('cancels what waits, what is in work and what waits for room, and nothing else', async () => {
    const { lane, runner, submit, outcomes } = background(2);
    await submit(1, 0, 'mine');
    await submit(2, 0, 'mine');
    await submit(3, 0, 'other');
    const refused = expect(submit(4, 0, 'mine')).rejects.toMatchObject({ code: 'runtime.cancelled' });
    const late = submit(5, 0, 'other');
    lane.cancel(({ streamId }) => streamId === 'mine');
    await refused;
    await late;
    expect(outcomes).toEqual(['2 cancelled']);
    for (let turn = 0; turn < 3; turn++) runner.end();
    expect(outcomes).toEqual(['2 cancelled', '1 cancelled', '3 done', '5 done']);
  });

  it('is drained when nothing runs and nothing waits, and not before', async () => {
    const { lane, runner, submit } = background(1);
    let isDrained = false;
    await submit(1);
    await submit(2);
    void submit(3);
    const drained = lane.drained().then(() => {
      isDrained = true;
    });
    for (let turn = 0; turn < 3; turn++) {
      await Promise.resolve();
      expect(isDrained).toBe(false);
      runner.end();
    }
    await drained;
    expect([isDrained, lane.waiting]).toEqual([true, 0]);
  });
});
