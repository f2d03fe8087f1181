import { describe, expect, it } from 'vitest';
import { FramePacer } from '../../../main/camera/frame-pacer.ts';
import { ManualClock } from './manual-clock.ts';

function pacerAt(framesPerSecond: number, queueDepth?: number) {
  const clock = new ManualClock();
  const startNs = clock.nowNs();
  const due: { sequence: number; millis: number }[] = [];
  const late: number[] = [];
  const refused: number[] = [];
  let busy = false;
  const listener = {
    due: (sequence: number, dueNs: bigint) => {
      if (busy) refused.push(sequence);
      else due.push({ sequence, millis: Number(dueNs - startNs) / 1e6 });
      return !busy;
    },
    late: (count: number) => void late.push(count),
  };
  const setBusy = (value: boolean): void => {
    busy = value;
  };
  return { clock, due, late, refused, setBusy, pacer: new FramePacer(framesPerSecond, listener, clock, queueDepth) };
}

describe('misuse', () => {
  it('refuses a queue without room for a frame', () => {
    expect(() => pacerAt(30, 0)).toThrow('a queue of at least one frame but received 0');
  });

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
});

describe('a schedule', () => {
  it('stays on the absolute schedule although timers only know whole milliseconds', () => {
    const { clock, due, late, pacer } = pacerAt(30);
    pacer.start();
    clock.advance(10_001);
    expect(due.length).toBe(300);
    expect(due.at(-1)?.sequence).toBe(299);
    expect(due.at(-1)?.millis).toBeCloseTo(10_000, 3);
    expect(late).toEqual([]);
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
          return true;
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

describe('a thread that was busy', () => {
  it('without a queue skips and counts what passed while the thread was blocked, and does not bunch', () => {
    const { clock, due, late, pacer } = pacerAt(50, 1);
    pacer.start();
    clock.advance(20);
    clock.block(105);
    expect(due.map(({ sequence }) => sequence)).toEqual([0, 5]);
    expect(late).toEqual([4]);
    clock.advance(20);
    expect(due.map(({ sequence }) => sequence)).toEqual([0, 5, 6]);
  });

  it('catches up in order, not in bunches, and with the due times of the schedule', () => {
    const { clock, due, late, pacer } = pacerAt(50, 4);
    pacer.start();
    clock.advance(20);
    clock.block(65);
    // 85 ms: frame 1 is called up at once; 2, 3 and what falls due meanwhile follow 17 ms apart.
    expect(due.map(({ sequence }) => sequence)).toEqual([0, 1]);
    clock.advance(16);
    expect(due).toHaveLength(2);
    clock.advance(1);
    expect(due.at(-1)).toEqual({ sequence: 2, millis: 60 });
    clock.advance(4 * 17);
    expect(due.map(({ sequence, millis }) => [sequence, millis])).toEqual([0, 1, 2, 3, 4, 5, 6].map((k) => [k, 20 * (k + 1)]));
    clock.advance(16);
    expect(due).toHaveLength(7);
    clock.advance(1);
    expect(due.at(-1)).toEqual({ sequence: 7, millis: 160 });
    expect(late).toEqual([]);
  });

  it('keeps a frame that cannot be taken yet, and skips the oldest once the queue is full', () => {
    const { clock, due, late, refused, setBusy, pacer } = pacerAt(50, 2);
    pacer.start();
    setBusy(true);
    clock.advance(45);
    expect([[...new Set(refused)], late]).toEqual([[0], []]);
    clock.advance(27);
    expect([[...new Set(refused)], late]).toEqual([[0, 1], [1]]);
    setBusy(false);
    clock.advance(17);
    expect([due[0], late]).toEqual([{ sequence: 2, millis: 60 }, [1, 1]]);
  });

  it('keeps the newest of what is more than the queue holds, and counts the rest once', () => {
    const { clock, due, late, pacer } = pacerAt(50, 3);
    pacer.start();
    clock.block(3_600_000);
    clock.advance(40);
    expect(late).toEqual([179_997]);
    expect(due.slice(0, 3).map(({ sequence }) => sequence)).toEqual([179_997, 179_998, 179_999]);
  });

  it('can be stopped while it catches up', () => {
    const { clock, due, pacer } = pacerAt(50, 4);
    pacer.start();
    clock.block(80);
    pacer.stop();
    clock.advance(1000);
    expect([due.length, clock.pendingTimers]).toEqual([1, 0]);
  });
});
