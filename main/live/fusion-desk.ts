import { join } from 'node:path';
import type { ControlDescription } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import { makeFolder } from '../base/folder.ts';
import { Announcer } from '../base/lifetime.ts';
import { productVersion } from '../base/product.ts';
import { writeNew } from '../base/write-whole.ts';
import { roleOf } from '../camera/control/control-roles.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import { encodeDng } from '../recording/dng-writer.ts';
import { standardBudgetBytes } from '../runtime/budgets.ts';
import type { CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import { FrameRing, type RingFrame } from '../runtime/fusion/frame-ring.ts';
import { FusionManager, type FusionResult, fusionStages } from '../runtime/fusion/fusion-manager.ts';
import type { FusionPlan, FusionRequest, SelectedFrame } from '../runtime/fusion/fusion-plan.ts';
import { type MergeSpec, mergedSensor } from '../runtime/fusion/merge-spec.ts';
import type { Lease } from '../runtime/lease.ts';
import type { ResourceManager } from '../runtime/resource-manager.ts';
import type { ThreadingManager } from '../runtime/threading-manager.ts';
import type { LiveStream } from './live-stream.ts';
import { fusionBytes, mergedSlots, mostPlans, ringFrames } from './stream-memory.ts';

/** Exposure times, whatever their unit: only ratios matter. */
const exposureIds = /^exposure([_-]time)?([_-]absolute)?$/;

/** The lab's parts that fusions are made of. */
export interface FusionDeskParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
  readonly dispatcher: CompletionDispatcher;
  readonly stream: LiveStream;
  /** The controls of the open camera. */
  readonly controls: () => readonly ControlDescription[];
  /** Where merged mosaics are written. */
  readonly folder: string;
}

/** A merged mosaic on disk. */
export interface MergedFile {
  readonly planId: number;
  readonly path: string;
  /** Capture sequences that went into it. */
  readonly sequences: readonly number[];
  /** Mean weight of each frame, 0 to 1, in the same order. */
  readonly weights: readonly number[];
}

/** A merged mosaic as it is announced. Its lease is the announcer's and ends with the announcement: pin it to keep the mosaic. */
export interface MergedMosaic {
  readonly kind: FusionRequest['kind'];
  /** Of its DNG. */
  readonly path: string;
  readonly mosaic: Lease;
  /** The reference frame's, with the camera's own sensor. */
  readonly meta: FrameMeta;
  /** What the merge makes of a description of that sensor; where it has no noise model, the one that the frames themselves showed. */
  readonly sensorOf: (own: SensorDescription) => SensorDescription;
}

const keepsAll = (): boolean => true;

interface RunningFusion {
  readonly ring: FrameRing;
  readonly manager: FusionManager;
  readonly outputPoolId: string;
}

/** Keeps the last frames of the running stream and merges them when it is asked to. Ends with the stream and begins anew with it. */
export class FusionDesk {
  /** A plan changed its state. */
  readonly changed = new Announcer<FusionPlan>();
  /** A merge is on disk. */
  readonly merged = new Announcer<MergedMosaic>();
  readonly #parts: FusionDeskParts;
  #running: RunningFusion | undefined;
  #isKept: (meta: FrameMeta) => boolean = keepsAll;

  constructor(parts: FusionDeskParts) {
    this.#parts = parts;
    this.#limit(standardBudgetBytes.fusion);
    parts.dispatcher.published.subscribe(({ admission: { meta, mosaic } }) => {
      if (this.#isKept(meta)) this.#running?.ring.keep(meta, mosaic);
    });
    parts.stream.stateChanged.subscribe(({ phase }) => {
      if (phase === 'streaming') this.#begin();
      else if (phase !== 'reloading') this.#end();
    });
  }

  /** Merges frames of the running stream into a DNG of their own. Rejects with InputError where the stream has shown too little. */
  async merge(request: FusionRequest): Promise<MergedFile> {
    const running = this.#running;
    if (!running) {
      throw new InputError(
        'fusion.not-streaming',
        'Expected a running stream to merge frames of but received none',
        'Start it first.',
      );
    }
    const { manager } = running;
    if (manager.activePlans.length >= mostPlans) {
      const message = `Expected at most ${mostPlans} merges at once but received another one`;
      throw new InputError('fusion.busy', message, 'Wait for one of them or cancel it.');
    }
    const plan = manager.createPlan(request);
    await manager.reserveForPlan(plan);
    await manager.selectFrames(plan);
    const spec = manager.buildMergeSpec(plan);
    const result = await manager.schedulePlan(plan, spec);
    using mosaic = result.mosaic;
    const file = await this.#write(result);
    const { meta } = plan.frames[plan.reference] as SelectedFrame;
    this.merged.announce({ kind: request.kind, path: file.path, mosaic, meta, sensorOf: (own) => sensorAfter(spec, own) });
    return file;
  }

  /**
   * Forgets what the ring holds and keeps only such frames while an operation lasts, so that they stay until they are merged. Rejects
   * with InputError while another such operation lasts.
   */
  async keepingOnly<T>(isKept: (meta: FrameMeta) => boolean, operation: () => Promise<T>): Promise<T> {
    if (this.#isKept !== keepsAll) throw bracketBusy();
    this.#isKept = isKept;
    try {
      while (this.#running?.ring.dropOldest());
      return await operation();
    } finally {
      this.#isKept = keepsAll;
    }
  }

  /** The newest frame that the running stream has shown; undefined where there is none. The lease is the ring's: pin it to keep it. */
  newest(): RingFrame | undefined {
    return this.#running?.ring.frames().at(-1);
  }

  /** What the ring holds, oldest first; the leases are the ring's. */
  frames(): readonly RingFrame[] {
    return this.#running?.ring.frames() ?? [];
  }

  /** Plans that have not ended, oldest first. */
  get activePlans(): readonly FusionPlan[] {
    return this.#running?.manager.activePlans ?? [];
  }

  /** Cancels a plan by its number; harmless where it has ended. */
  cancel(planId: number): void {
    const plan = this.#running?.manager.activePlans.find((active) => active.planId === planId);
    if (plan) this.#running?.manager.cancel(plan);
  }

  #begin(): void {
    if (this.#running) return;
    const { resources, threading, dispatcher, stream, controls } = this.#parts;
    const mode = stream.state.modes.find(({ id }) => id === stream.state.modeId);
    if (!mode) return;
    // Whatever made them fail may have gone with the stream before: they have no setting that could be changed.
    for (const stage of fusionStages) threading.forgive(stage);
    const ring = new FrameRing(ringFrames);
    const mosaicBytes = mode.width * mode.height * 2;
    const outputs = resources.createPool('merged', mosaicBytes, mergedSlots);
    // What is kept for later is bounded in bytes as well, however large the frames.
    this.#limit(Math.min(standardBudgetBytes.fusion, fusionBytes(mosaicBytes)));
    threading.attachPool(outputs);
    const { exposureOf, areComparable } = exposureReading(controls());
    const manager = new FusionManager({
      resources,
      lane: threading.background,
      dispatcher,
      ring,
      outputPoolId: outputs.poolId,
      exposureOf,
      areComparable,
      nextFrameId: () => stream.nextFrameId(),
    });
    manager.changed.subscribe((plan) => this.changed.announce(plan));
    this.#running = { ring, manager, outputPoolId: outputs.poolId };
  }

  #end(): void {
    const running = this.#running;
    if (!running) return;
    const { resources, threading } = this.#parts;
    this.#running = undefined;
    running.manager.close();
    running.ring.close();
    resources.retirePool(running.outputPoolId, () => threading.detachPool(running.outputPoolId));
  }

  #limit(bytes: number): void {
    this.#parts.resources.budgets.limit('fusion', bytes, () => this.#running?.ring.freeOldest() ?? false);
  }

  async #write({ plan, mosaic, meta, sensor, statistics }: FusionResult): Promise<MergedFile> {
    const { folder, stream } = this.#parts;
    const { width, height } = meta;
    const takenAt = new Date();
    const bytes = encodeDng(
      { samples: mosaic.samples(width * height), width, height, sensor },
      { cameraModel: stream.state.sourceName ?? 'camera', software: `Camera Lab ${productVersion}`, takenAt },
    );
    makeFolder(folder);
    const stamp = takenAt.toISOString().replaceAll(/[:.]/g, '-');
    const path = join(folder, `${plan.request.kind}-${plan.frames.length}-${stamp}.dng`);
    await writeNew(path, bytes);
    const weights = plan.frames.map((_, index) => statistics[`meanWeight.${index}`] ?? 0);
    return { planId: plan.planId, path, sequences: plan.frames.map(({ meta: frame }) => frame.sequence), weights };
  }
}

/** What a bracket is refused with while another one is being taken. */
export function bracketBusy(): InputError {
  return new InputError('fusion.busy', 'Expected one bracket at a time but received another one', 'Wait for it.');
}

/** The merged sensor by another description of the frames' own, for example the tuned one. */
function sensorAfter(spec: MergeSpec, own: SensorDescription): SensorDescription {
  const shown = spec.frames[spec.reference]?.noise;
  const measured = shown ? { noise: { slope: shown.shotDn, offset: shown.readVarianceDn2 } } : {};
  return mergedSensor({ ...spec, sensor: { ...measured, ...own } });
}

/** How exposures are read from the frames of one camera. */
export interface ExposureReading {
  exposureOf(meta: FrameMeta): number;
  areComparable(a: FrameMeta, b: FrameMeta): boolean;
}

/**
 * Reads exposures from the controls in effect, by their roles. A gain counts as a factor where its unit says so; elsewhere it is
 * a code of the driver's own, and frames that differ in it are not compared. Without an exposure time all frames are equal.
 */
export function exposureReading(controls: readonly ControlDescription[]): ExposureReading {
  const times = controls.filter((control) => exposureIds.test(control.id));
  const gains = controls.filter((control) => roleOf(control) === 'gain');
  const factors = [...times, ...gains.filter(({ unit }) => unit === '×')];
  const codes = gains.filter(({ unit }) => unit !== '×');
  return {
    exposureOf: (meta) =>
      Math.max(
        1e-9,
        factors.reduce((product, { id }) => product * (meta.controls[id] ?? 1), 1),
      ),
    areComparable: (a, b) =>
      codes.every(({ id }) => a.controls[id] === b.controls[id]) &&
      factors.every(({ id }) => (a.controls[id] === undefined) === (b.controls[id] === undefined)),
  };
}
