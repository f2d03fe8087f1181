import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameDeadlineNs } from '../../../main/live/frame-deadline.ts';
import { RealtimeLane } from '../../../main/runtime/realtime-lane.ts';
import { plainEnvelope, ScriptedRunner, StandingClock } from '../../support/scripted-runner.ts';

/** What became of a stream's frames, in milliseconds of a clock that only the simulation moves. */
interface Played {
  readonly statuses: readonly string[];
  /** Frames that found the lane idle when they arrived. */
  readonly foundIdle: number;
}

/** Plays frames that arrive after those pauses through a realtime lane whose stage takes so long for each. */
function play(framesPerSecond: number, pausesMillis: readonly number[], stageMillis: number): Played {
  const clock = new StandingClock();
  const runner = new ScriptedRunner(clock.now);
  const lane = new RealtimeLane(runner, clock);
  const statuses: string[] = [];
  lane.completed.subscribe(({ status }) => statuses.push(status));
  let endMillis = 0;
  let nowMillis = 0;
  let foundIdle = 0;
  const goTo = (millis: number): void => {
    clock.advance(millis - nowMillis);
    nowMillis = millis;
  };
  const finishBy = (millis: number): void => {
    while (runner.running && endMillis <= millis) {
      goTo(endMillis);
      endMillis += stageMillis;
      runner.end();
    }
  };
  for (const [index, pause] of pausesMillis.entries()) {
    const arrivalMillis = nowMillis + pause;
    finishBy(arrivalMillis);
    goTo(arrivalMillis);
    if (!runner.running) {
      foundIdle += 1;
      endMillis = arrivalMillis + stageMillis;
    }
    const deadlineNs = frameDeadlineNs(clock.nowNs, framesPerSecond) as bigint;
    lane.submit(plainEnvelope(index + 1, { deadlineNs }), 1);
  }
  finishBy(Number.POSITIVE_INFINITY);
  return { statuses, foundIdle };
}

const countOf = (statuses: readonly string[], wanted: string): number => statuses.filter((status) => status === wanted).length;

describe('frameDeadlineNs', () => {
  it('knows no deadline for a rate that is not known', () => {
    for (const rate of [0, -1, Number.NaN]) expect(frameDeadlineNs(1n, rate)).toBeUndefined();
  });

  it('is four intervals after the arrival', () => {
    expect(frameDeadlineNs(1_000n, 60)).toBe(66_667_667n);
    expect(frameDeadlineNs(5n, 0.5)).toBe(8_000_000_005n);
    expect(frameDeadlineNs(0n, Number.POSITIVE_INFINITY)).toBe(0n);
  });
});

describe('a realtime lane under such deadlines', () => {
  it('loses nothing to them while the source keeps its rate, however slow the stage', () => {
    for (const stageMillis of [1, 20, 39, 41, 200, 2_000]) {
      const { statuses } = play(25, Array<number>(100).fill(40), stageMillis);
      expect([statuses.length, countOf(statuses, 'expired')]).toEqual([100, 0]);
    }
    // 100 frames in 4 s, a tenth of a second each: every tenth of a second brings a picture, and the last two follow.
    expect(countOf(play(25, Array<number>(100).fill(40), 100).statuses, 'done')).toBe(41);
  });

  it('drops the frame that a pause of the source has left behind a slow stage', () => {
    const { statuses } = play(25, [0, 10, 1_000], 500);
    expect(statuses).toEqual(['done', 'expired', 'done']);
  });

  it('runs every frame that finds it idle, and ends every frame once', () => {
    const pauses = fc.array(fc.nat(300), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 240 }), pauses, fc.integer({ min: 1, max: 2_000 }), (rate, gaps, stageMillis) => {
        const { statuses, foundIdle } = play(rate, gaps, stageMillis);
        expect(statuses).toHaveLength(gaps.length);
        expect(countOf(statuses, 'done')).toBeGreaterThanOrEqual(foundIdle);
        expect(foundIdle).toBeGreaterThan(0);
        expect(countOf(statuses, 'done') + countOf(statuses, 'expired') + countOf(statuses, 'replaced')).toBe(gaps.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
