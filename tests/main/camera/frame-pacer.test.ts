import { describe, expect, it } from 'vitest';
import { FramePacer } from '../../../main/camera/frame-pacer.ts';
import { ManualClock } from './manual-clock.ts';

function pacerAt(framesPerSecond: number) {
  const clock = new ManualClock();
  const startNs = clock.nowNs();
  const due: { sequence: number; millis: number }[] = [];
  const late: number[] = [];
  const listener = {
    due: (sequence: number, dueNs: bigint) => void due.push({ sequence, millis: Number(dueNs - startNs) / 1e6 }),
    late: (count: number) => void late.push(count),
  };
  return { clock, due, late, pacer: new FramePacer(framesPerSecond, listener, clock) };
}

describe('FramePacer', () => {
  it('calls nothing before it is started and nothing after it was stopped', () => {
    const { clock, due, pacer } = pacerAt(30);
    clock.advance(100);
    pacer.start();
    clock.advance(100);
    const count = due.length;
    pacer.stop();
    clock.advance(1000);
    expect([count, due.length, clock.pendingTimers]).toEqual([3, 3, 0]);
  });

  it('stays on the absolute schedule although timers only know whole milliseconds', () => {
    const { clock, due, late, pacer } = pacerAt(30);
    pacer.start();
    clock.advance(10_001);
    expect(due.length).toBe(300);
    expect(due.at(-1)?.sequence).toBe(299);
    expect(due.at(-1)?.millis).toBeCloseTo(10_000, 3);
    expect(late).toEqual([]);
  });

  it('skips and counts what passed while the thread was blocked, and does not bunch', () => {
    const { clock, due, late, pacer } = pacerAt(50);
    pacer.start();
    clock.advance(20);
    clock.block(105);
    expect(due.map(({ sequence }) => sequence)).toEqual([0, 5]);
    expect(late).toEqual([4]);
    clock.advance(20);
    expect(due.map(({ sequence }) => sequence)).toEqual([0, 5, 6]);
  });

  it('can be stopped from within a frame', () => {
    const clock = new ManualClock();
    let calls = 0;
    const pacer = new FramePacer(
      10,
      {
        due: () => {
          calls++;
          pacer.stop();
        },
        late: () => undefined,
      },
      clock,
    );
    pacer.start();
    clock.advance(1000);
    expect([calls, clock.pendingTimers]).toEqual([1, 0]);
  });

  it('starts again at zero', () => {
    const { clock, due, pacer } = pacerAt(10);
    pacer.start();
    clock.advance(250);
    pacer.start();
    clock.advance(100);
    expect(due.map(({ sequence }) => sequence)).toEqual([0, 1, 0]);
  });
});
