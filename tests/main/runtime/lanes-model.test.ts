import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BackgroundLane } from '../../../main/runtime/background-lane.ts';
import type { CompletionStatus, Envelope } from '../../../main/runtime/envelope.ts';
import { failuresUntilSuspension } from '../../../main/runtime/failure-streaks.ts';
import { RealtimeLane } from '../../../main/runtime/realtime-lane.ts';
import { plainEnvelope, ScriptedRunner, StandingClock } from '../../support/scripted-runner.ts';

const capacity = 3;
const lanes = ['realtime', 'background'] as const;
type LaneId = (typeof lanes)[number];

/**
 * `end` with `crashes` is a worker's death or an exception, `break` many of them in a row; `abort` is the signal of a submission that
 * may still wait for room.
 */
type Step =
  | {
      readonly kind: 'submit';
      readonly lane: LaneId;
      readonly stream: number;
      readonly stage: number;
      readonly lifeMillis: number;
      readonly priority: number;
    }
  | { readonly kind: 'end'; readonly lane: LaneId; readonly crashes: boolean }
  | { readonly kind: 'break'; readonly lane: LaneId; readonly stage: number }
  | { readonly kind: 'obstruct' | 'clear'; readonly lane: LaneId }
  | { readonly kind: 'cancel'; readonly stream: number }
  | { readonly kind: 'abort'; readonly pick: number }
  | { readonly kind: 'forgive'; readonly lane: LaneId; readonly stage: number }
  | { readonly kind: 'wait'; readonly millis: number };

const lane = fc.constantFrom(...lanes);
const stream = fc.nat(2);
const stage = fc.nat(1);
const submission = fc.record({
  kind: fc.constant('submit'),
  lane,
  stream,
  stage,
  lifeMillis: fc.integer({ min: 0, max: 20 }),
  priority: fc.nat(2),
});

const step = fc.oneof(
  { weight: 8, arbitrary: submission },
  { weight: 7, arbitrary: fc.record({ kind: fc.constant('end'), lane, crashes: fc.oneof(fc.constant(true), fc.boolean()) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('break'), lane, stage }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('obstruct', 'clear', 'clear'), lane }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel'), stream }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort'), pick: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forgive'), lane, stage }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait'), millis: fc.integer({ min: 1, max: 15 }) }) },
) as fc.Arbitrary<Step>;

/** An envelope as the model knows it. */
interface Work {
  readonly id: number;
  readonly stream: number;
  readonly stage: number;
  readonly priority: number;
  readonly deadlineNs: bigint;
}

type Ending = `${number} ${CompletionStatus}`;

/** The simplest account of a lane: what waits and in which order it goes, what runs, how often each stage failed in a row. */
class ModelLane {
  /** In the order in which they will run; in the background lane the first `capacity` are taken, the others wait for room. */
  waiting: Work[] = [];
  outside: Work[] = [];
  running: (Work & { cancelled: boolean }) | undefined;
  isObstructed = false;
  readonly failures = [0, 0];
  suspensions = 0;
  readonly endings: Ending[] = [];

  submitRealtime(work: Work): void {
    const place = this.waiting.findIndex((other) => other.stream === work.stream);
    if (place >= 0) this.endings.push(`${this.waiting[place]?.id as number} replaced`);
    this.waiting.splice(place >= 0 ? place : this.waiting.length, 1, work);
  }

  submitBackground(work: Work): void {
    this.outside.push(work);
    this.admit();
  }

  /** Fills up what is free: by priority and age, of those that wait for room and then of those that have it. */
  admit(): void {
    const order = (a: Work, b: Work): number => b.priority - a.priority || a.id - b.id;
    this.outside.sort(order);
    while (this.waiting.length < capacity && this.outside.length > 0) this.waiting.push(this.outside.shift() as Work);
    this.waiting.sort(order);
  }

  startNext(nowNs: bigint, refill: () => void): Ending[] {
    const endings: Ending[] = [];
    while (!this.running && this.waiting.length > 0) {
      const work = this.waiting.shift() as Work;
      refill();
      if (this.isObstructed || (this.failures[work.stage] as number) >= failuresUntilSuspension)
        endings.push(`${work.id} failed`);
      else if (nowNs > work.deadlineNs) endings.push(`${work.id} expired`);
      else this.running = { ...work, cancelled: false };
    }
    return endings;
  }

  /** Ends what runs; the caller then starts the next. */
  end(crashes: boolean): Ending {
    const { id, stage, cancelled } = this.running as Work & { cancelled: boolean };
    this.running = undefined;
    if (!cancelled) {
      this.failures[stage] = crashes ? (this.failures[stage] as number) + 1 : 0;
      if (this.failures[stage] === failuresUntilSuspension) this.suspensions += 1;
    }
    return `${id} ${crashes ? 'failed' : cancelled ? 'cancelled' : 'done'}`;
  }
}

/** Both lanes of the lab over runners without threads, and the model of each beside them. */
class Twin {
  readonly clock = new StandingClock();
  readonly runners = { realtime: new ScriptedRunner(this.clock.now), background: new ScriptedRunner(this.clock.now) };
  readonly lanes = {
    realtime: new RealtimeLane(this.runners.realtime, this.clock),
    background: new BackgroundLane(this.runners.background, { ...this.clock, capacity }),
  };
  readonly models = { realtime: new ModelLane(), background: new ModelLane() };
  readonly endings = { realtime: [] as string[], background: [] as string[] };
  readonly suspensions = { realtime: 0, background: 0 };
  readonly signals: { readonly id: number; readonly abort: AbortController }[] = [];
  readonly taken = new Set<number>();
  readonly refused = new Set<number>();
  #count = 0;
  /** Endings that have been compared already, which never change. */
  readonly #checked = { realtime: 0, background: 0 };

  constructor() {
    for (const id of lanes) {
      this.lanes[id].completed.subscribe(({ frameId, status }) => this.endings[id].push(`${frameId} ${status}`));
      this.lanes[id].suspended.subscribe(() => {
        this.suspensions[id] += 1;
      });
    }
  }

  take(next: Step): void {
    if (next.kind === 'submit') this.submit(next);
    else if (next.kind === 'end') this.end(next.lane, next.crashes);
    else if (next.kind === 'break') this.break(next);
    else if (next.kind === 'wait') this.clock.advance(next.millis);
    else if (next.kind === 'cancel') this.cancel(next.stream);
    else if (next.kind === 'abort') this.abort(next.pick);
    else if (next.kind === 'forgive') this.forgive(next.lane, next.stage);
    else this.obstruct(next.lane, next.kind === 'obstruct');
  }

  forgive(laneId: LaneId, stageNumber: number): void {
    this.lanes[laneId].forgive(`stage ${stageNumber}`);
    this.models[laneId].failures[stageNumber] = 0;
  }

  obstruct(laneId: LaneId, isObstructed: boolean): void {
    this.runners[laneId].workers.obstacle = isObstructed ? new Error('no worker') : undefined;
    this.models[laneId].isObstructed = isObstructed;
  }

  submit({
    lane: laneId,
    stream: streamNumber,
    stage: stageNumber,
    lifeMillis,
    priority,
  }: Extract<Step, { kind: 'submit' }>): void {
    this.#count += 1;
    const deadlineNs = this.clock.nowNs + BigInt(lifeMillis) * 1_000_000n;
    const work = { id: this.#count, stream: streamNumber, stage: stageNumber, priority, deadlineNs };
    const names = { streamId: `stream ${streamNumber}`, stage: `stage ${stageNumber}` };
    const envelope = plainEnvelope(work.id, { lane: laneId, ...names, deadlineNs });
    if (laneId === 'realtime') {
      this.taken.add(work.id);
      this.models.realtime.submitRealtime(work);
      this.start('realtime');
      this.lanes.realtime.submit(envelope, 1);
    } else {
      this.models.background.submitBackground(work);
      this.start('background');
      this.submitBackground(work.id, envelope, priority);
    }
  }

  submitBackground(id: number, envelope: Envelope, priority: number): void {
    const abort = new AbortController();
    this.signals.push({ id, abort });
    this.lanes.background.submit(envelope, 1, { priority, signal: abort.signal }).then(
      () => this.taken.add(id),
      () => this.refused.add(id),
    );
  }

  break({ lane: laneId, stage: stageNumber }: Extract<Step, { kind: 'break' }>): void {
    for (let turn = 0; turn <= failuresUntilSuspension; turn++) {
      this.submit({ kind: 'submit', lane: laneId, stream: 0, stage: stageNumber, lifeMillis: 20, priority: 2 });
      this.end(laneId, true);
    }
  }

  /** Lets the model's lane begin what it can. */
  start(laneId: LaneId): void {
    const model = this.models[laneId];
    const endings = model.startNext(this.clock.nowNs, () => laneId === 'background' && model.admit());
    model.endings.push(...endings);
  }

  end(laneId: LaneId, crashes: boolean): void {
    const model = this.models[laneId];
    if (!model.running) return;
    model.endings.push(model.end(crashes));
    this.start(laneId);
    this.runners[laneId].end(crashes ? { code: 'runtime.worker-died', message: 'it died' } : undefined);
  }

  cancel(streamNumber: number): void {
    const model = this.models.background;
    const isMeant = (work: Work): boolean => work.stream === streamNumber;
    model.outside = model.outside.filter((work) => !isMeant(work));
    model.endings.push(...model.waiting.filter(isMeant).map(({ id }): Ending => `${id} cancelled`));
    model.waiting = model.waiting.filter((work) => !isMeant(work));
    model.admit();
    if (model.running && isMeant(model.running)) model.running.cancelled = true;
    this.lanes.background.cancel(({ streamId }) => streamId === `stream ${streamNumber}`);
  }

  /** Only what waits for room hears it. */
  abort(pick: number): void {
    const signal = this.signals[pick % Math.max(1, this.signals.length)];
    if (!signal) return;
    this.models.background.outside = this.models.background.outside.filter(({ id }) => id !== signal.id);
    signal.abort.abort();
  }

  check(): void {
    for (const id of lanes) {
      const { endings, waiting, outside, running, suspensions } = this.models[id];
      const from = this.#checked[id];
      const counts = [this.endings[id].length, this.lanes[id].waiting, this.suspensions[id]];
      const actual = [...counts, this.runners[id].running?.envelope.frameId, ...this.endings[id].slice(from)];
      const expectedCounts = [endings.length, waiting.length + outside.length, suspensions];
      const expected = [...expectedCounts, running?.id, ...endings.slice(from)];
      this.#checked[id] = endings.length;
      // After each of half a million steps: `expect` would take longer than all that it looks at.
      if (actual.some((value, index) => value !== expected[index])) expect(actual).toEqual(expected);
    }
  }

  /** Lets everything end: whatever came before, nothing is left, and what was taken has completed exactly once. */
  async endEverything(): Promise<void> {
    for (const id of lanes) {
      const drained = this.lanes[id].drained();
      while (this.runners[id].running) this.end(id, false);
      // Before the wait, which would never end for an envelope that was lost.
      expect(this.lanes[id].waiting).toBe(0);
      await drained;
    }
    await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    this.check();
    const completed = [...this.endings.realtime, ...this.endings.background].map((ending) => Number(ending.split(' ')[0]));
    expect(completed.sort((a, b) => a - b)).toEqual([...this.taken].sort((a, b) => a - b));
    expect(this.taken.size + this.refused.size).toBe(this.#count);
  }
}

describe('both lanes, beside the simplest account of each', () => {
  it('agree with it over 10,000 random sequences of work, crashes, obstacles, expiry and cancellation', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const twin = new Twin();
        for (const next of steps) {
          twin.take(next);
          twin.check();
        }
        await twin.endEverything();
        const endings = [...twin.endings.realtime, ...twin.endings.background].map((ending) => ending.split(' ')[1] as string);
        const suspensions = new Array<string>(twin.suspensions.realtime + twin.suspensions.background).fill('suspended');
        const refusals = new Array<string>(twin.refused.size).fill('refused');
        for (const what of [...endings, ...suspensions, ...refusals]) seen.set(what, (seen.get(what) ?? 0) + 1);
      }),
      { numRuns: 10_000 },
    );
    // The sequences reached everything that can become of an envelope.
    expect([...seen.keys()].sort()).toEqual(['cancelled', 'done', 'expired', 'failed', 'refused', 'replaced', 'suspended']);
    expect(Math.min(...seen.values())).toBeGreaterThan(100);
  }, 240_000);
});
