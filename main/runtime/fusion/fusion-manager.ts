import { monotonicNs } from '../../base/clock.ts';
import { assert, InputError, ResourceError } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { FrameMeta, SensorDescription } from '../../frame/frame-meta.ts';
import type { BackgroundLane } from '../background-lane.ts';
import type { CompletionDispatcher } from '../completion-dispatcher.ts';
import type { CompletionEvent, Envelope } from '../envelope.ts';
import type { TaskRequest } from '../lane-tasks.ts';
import type { Lease } from '../lease.ts';
import type { ReservationOptions } from '../reservations.ts';
import type { ResourceManager } from '../resource-manager.ts';
import type { FrameRing } from './frame-ring.ts';
import { selectFrames } from './frame-selection.ts';
import { FusionPlan, type FusionRequest, type PlanEvent, type SelectedFrame } from './fusion-plan.ts';
import { type MergeSpec, mergedSensor, outputScaleFor } from './merge-spec.ts';

/** The stages that a fusion's envelopes run at, in telemetry and wherever failures are counted. */
export const fusionStages = ['fusion-score', 'fusion-merge'] as const;

/** What the manager needs of the lab. */
export interface FusionParts {
  readonly resources: ResourceManager;
  readonly lane: Pick<BackgroundLane, 'submit' | 'cancel'>;
  readonly dispatcher: CompletionDispatcher;
  readonly ring: FrameRing;
  /** Slots for merged mosaics: as large as the ring's, and known to the lane's workers. */
  readonly outputPoolId: string;
  /** Exposure time times gain of a frame, in any unit. */
  readonly exposureOf: (meta: FrameMeta) => number;
  /** Whether the exposures of two frames can be compared: not where they differ in a gain whose factor nobody knows. */
  readonly areComparable: (a: FrameMeta, b: FrameMeta) => boolean;
  /** Numbers that no other envelope of the lab has. */
  readonly nextFrameId: () => number;
}

/** A merged mosaic. The lease is the receiver's to close. */
export interface FusionResult {
  readonly plan: FusionPlan;
  readonly mosaic: Lease;
  /** Geometry and time of the reference, on the merged sensor's finer scale. */
  readonly meta: FrameMeta;
  readonly sensor: SensorDescription;
  /** What the merge measured, by name and frame: `meanWeight.2`. */
  readonly statistics: Readonly<Record<string, number>>;
}

/**
 * Plans and runs fusions of frames that have been captured already. A plan goes through `reserveForPlan`, `selectFrames`,
 * `buildMergeSpec` and `schedulePlan` in this order; it may be cancelled at any point and then holds nothing any more, at the latest when
 * the lane has let go of its slots. Lives on the lab's thread.
 */
export class FusionManager {
  /** A plan changed its state. */
  readonly changed = new Announcer<FusionPlan>();
  readonly #parts: FusionParts;
  readonly #plans = new Map<number, FusionPlan>();

  constructor(parts: FusionParts) {
    this.#parts = parts;
  }

  /** Plans that have not ended, oldest first. */
  get activePlans(): readonly FusionPlan[] {
    return [...this.#plans.values()];
  }

  /** A new plan. Refuses a number of frames that no ring could hold. */
  createPlan(request: FusionRequest): FusionPlan {
    const { capacity } = this.#parts.ring;
    const { frameCount } = request;
    if (!Number.isInteger(frameCount) || frameCount < 1 || frameCount > capacity) {
      throw new InputError('fusion.frame-count', `Expected 1 to ${capacity} frames for a fusion but received ${frameCount}`);
    }
    const plan = new FusionPlan(this.#parts.nextFrameId(), request);
    this.#plans.set(plan.planId, plan);
    this.changed.announce(plan);
    return plan;
  }

  /** Waits for the memory of the result. */
  reserveForPlan(plan: FusionPlan, options: Omit<ReservationOptions, 'signal'> = {}): Promise<void> {
    const { resources, outputPoolId } = this.#parts;
    return this.#step(plan, 'reserve', async () => {
      const request = { owner: `fusion plan ${plan.planId}`, slots: { [outputPoolId]: 1 } };
      const reservation = await resources.reserveForPlan(request, { ...options, signal: plan.abort.signal });
      // The plan may have been cancelled between the grant and now.
      if (!plan.isActive) {
        reservation.close();
        throw cancelled(plan);
      }
      plan.reservation = reservation;
      this.#apply(plan, 'reserve');
    });
  }

  /** Scores what the ring holds and pins the frames that the plan takes. */
  selectFrames(plan: FusionPlan): Promise<void> {
    return this.#step(plan, 'select', async () => {
      const candidates = this.#pinCandidates(plan);
      const exposures = candidates.map(({ meta }) => this.#parts.exposureOf(meta));
      const [newest] = candidates.slice(-1);
      assert(newest, 'Expected a candidate');
      const { width, height, sensor } = newest.meta;
      const task: TaskRequest = { name: 'score-burst', specification: { width, height, sensor, exposures } };
      plan.leases = candidates.map(({ mosaic }) => mosaic);
      const { statistics } = await this.#run(plan, 'fusion-score', task, []);
      const scored = candidates.map(({ meta }, index) => selectedFrame(meta, exposures[index] as number, statistics, index));
      const { chosen, reference } = selectFrames(plan.request, scored);
      for (const [index, { mosaic }] of candidates.entries()) if (!chosen.includes(index)) mosaic.close();
      plan.leases = chosen.map((index) => (candidates[index] as { mosaic: Lease }).mosaic);
      plan.frames = chosen.map((index) => scored[index] as SelectedFrame);
      plan.reference = reference;
      this.#apply(plan, 'select');
    });
  }

  /** How the selected frames are merged. Pure: nothing changes. */
  buildMergeSpec(plan: FusionPlan): MergeSpec {
    plan.expect('schedule');
    const { width, height, sensor } = (plan.frames[plan.reference] as SelectedFrame).meta;
    const frames = plan.frames.map(({ exposure, noise }) => ({ exposure, noise }));
    return { width, height, sensor, frames, reference: plan.reference, outputScale: outputScaleFor(sensor) };
  }

  /** Merges on the background lane. Whatever becomes of it, the plan then holds nothing; the result's lease is the caller's. */
  schedulePlan(plan: FusionPlan, spec: MergeSpec): Promise<FusionResult> {
    return this.#step(plan, 'schedule', async () => {
      const output = (plan.reservation as NonNullable<FusionPlan['reservation']>).allocate(this.#parts.outputPoolId);
      this.#apply(plan, 'schedule');
      try {
        const task: TaskRequest = { name: 'merge-burst', specification: spec };
        const { statistics } = await this.#run(plan, 'fusion-merge', task, [output]);
        const { meta } = plan.frames[plan.reference] as SelectedFrame;
        const sensor = mergedSensor(spec);
        this.#apply(plan, 'finish');
        return { plan, mosaic: output, meta: { ...meta, sensor }, sensor, statistics };
      } catch (thrown) {
        output.close();
        throw thrown;
      }
    });
  }

  /** Ends a plan wherever it is; whoever waits for it learns of it by InputError `runtime.cancelled`. Harmless when it has ended. */
  cancel(plan: FusionPlan): void {
    if (!plan.isActive) return;
    this.#apply(plan, 'cancel');
    plan.abort.abort();
    this.#parts.lane.cancel(({ streamId }) => streamId === plan.streamId);
    // A step under way releases the plan when it ends: a lane may still be at its slots.
    if (!plan.isBusy) this.#forget(plan);
  }

  /** Cancels every plan. */
  close(): void {
    for (const plan of this.activePlans) this.cancel(plan);
  }

  #apply(plan: FusionPlan, event: Parameters<FusionPlan['apply']>[0]): void {
    plan.apply(event);
    this.changed.announce(plan);
  }

  #forget(plan: FusionPlan): void {
    plan.release();
    this.#plans.delete(plan.planId);
  }

  /** One step of a plan, whose turn it must be. Where it fails or is cancelled, the plan holds nothing afterwards. */
  async #step<T>(plan: FusionPlan, event: PlanEvent, step: () => Promise<T>): Promise<T> {
    if (plan.state === 'cancelled') throw cancelled(plan);
    plan.expect(event);
    assert(!plan.isBusy, `Expected plan ${plan.planId} to wait for the end of its step before "${event}"`);
    plan.isBusy = true;
    try {
      return await step();
    } catch (thrown) {
      if (plan.isActive) this.#apply(plan, 'fail');
      throw thrown;
    } finally {
      plan.isBusy = false;
      if (!plan.isActive) this.#forget(plan);
    }
  }

  /** Pins every frame of the ring that the newest one can be merged with, for as long as the plan decides. */
  #pinCandidates(plan: FusionPlan): { readonly meta: FrameMeta; readonly mosaic: Lease }[] {
    const frames = this.#parts.ring.frames();
    const newest = frames.at(-1)?.meta;
    const candidates: { meta: FrameMeta; mosaic: Lease }[] = [];
    for (const { meta, mosaic } of frames) {
      if (!newest || meta.width !== newest.width || meta.height !== newest.height) continue;
      if (!this.#parts.areComparable(meta, newest)) continue;
      const pinned = mosaic.pin(`fusion plan ${plan.planId}`, 'fusion');
      if (pinned) candidates.push({ meta, mosaic: pinned });
    }
    if (candidates.length >= plan.request.frameCount) return candidates;
    for (const { mosaic } of candidates) mosaic.close();
    throw new InputError(
      'fusion.too-few-frames',
      `Expected ${plan.request.frameCount} captured frames for a fusion but received ${candidates.length}`,
      'Let the stream run for a moment and try again.',
    );
  }

  /** Runs a task of a plan on the background lane. The slots stay the plan's: the envelope holds them by leases of its own. */
  async #run(
    plan: FusionPlan,
    stage: (typeof fusionStages)[number],
    task: TaskRequest,
    outputs: readonly Lease[],
  ): Promise<CompletionEvent> {
    const { dispatcher, lane, nextFrameId } = this.#parts;
    const envelope: Envelope = {
      frameId: nextFrameId(),
      streamId: plan.streamId,
      lane: 'background',
      stage,
      modelHash: `task:${task.name}`,
      task,
      inputs: plan.leases.map(({ handle }) => handle),
      outputs: outputs.map(({ handle }) => handle),
      parameters: { version: 0, values: {} },
      queuedNs: monotonicNs(),
    };
    const pins = [...plan.leases, ...outputs].flatMap((lease) => lease.pin(stage, 'fusion') ?? []);
    const completion = dispatcher.admitWork(envelope, pins);
    try {
      await lane.submit(envelope, 1, { signal: plan.abort.signal });
      const event = await completion;
      if (event.status === 'done' && plan.isActive) return event;
      throw event.status === 'failed' ? fusionFailure(event) : cancelled(plan);
    } catch (thrown) {
      dispatcher.withdraw(envelope);
      throw thrown;
    }
  }
}

function selectedFrame(
  meta: FrameMeta,
  exposure: number,
  statistics: Readonly<Record<string, number>>,
  index: number,
): SelectedFrame {
  const of = (name: string): number => {
    const value = statistics[`${name}.${index}`];
    assert(value !== undefined, `Expected the statistic ${name} of frame ${index}`);
    return value;
  };
  const noise = { shotDn: of('shotDn'), readVarianceDn2: of('readVarianceDn2') };
  return { meta, exposure, sharpness: of('sharpness'), clippedShare: of('clippedShare'), meanLevel: of('meanLevel'), noise };
}

function cancelled({ planId }: FusionPlan): InputError {
  return new InputError('runtime.cancelled', `Fusion plan ${planId} was cancelled`);
}

function fusionFailure({ stage, error }: CompletionEvent): ResourceError {
  return new ResourceError('fusion.failed', `Expected ${stage} to be done but received: ${error?.message}`, error?.action);
}
