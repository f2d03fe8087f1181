import type { EventPayload } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { assert, errorRecordFrom, InputError, messageOf, ResourceError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import { analysisBytes, analysisTask, readAnalysis } from '../isp/raw-algo/analysis-task.ts';
import { findingsOf, type SensorFinding } from '../isp/raw-algo/findings.ts';
import { recordsOf } from '../isp/raw-algo/records.ts';
import type { SensorMeasurement } from '../isp/raw-algo/sensor-analysis.ts';
import { decideRaw } from '../isp/raw-algo.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import type { Lease, ResourceManager } from '../runtime/resource-manager.ts';
import type { DecisionRow } from '../telemetry/rows.ts';
import { type BackgroundWorkParts, runInBackground } from './background-work.ts';
import type { FusionDesk } from './fusion-desk.ts';
import type { LiveStream } from './live-stream.ts';

/** Frames that are looked at: four tell what stays from what passes, and each costs the background a second at 1080p. */
const mostFrames = 4;

/** The stage that an analysis runs at, in telemetry and wherever failures are counted. */
const stage = 'sensor-analysis';

/** The lab's parts that sensors are analysed with. */
export interface AnalysisDeskParts extends BackgroundWorkParts {
  readonly resources: ResourceManager;
  readonly stream: LiveStream;
  readonly fusion: Pick<FusionDesk, 'frames'>;
  /** Those of the live stage: its white balance says in which light the tuning is asked. */
  readonly stageParameters: ParameterStore;
  /** Where decisions are told, to be recorded. */
  readonly decided: Announcer<DecisionRow>;
}

/** How an analysis stands. */
export type AnalysisState = EventPayload<'sensor.analysis'>;

/** What was found, from which frames. */
export interface SensorAnalysis {
  /** Capture sequences, oldest first. */
  readonly sequences: readonly number[];
  readonly findings: readonly SensorFinding[];
}

/**
 * RawAlgo in the running lab: on request it looks at the frames that the stream has just shown, on the background lane, and says
 * what they tell of the sensor against what the lab takes for known. It changes nothing.
 */
export class AnalysisDesk {
  /** An analysis began, went on or ended. */
  readonly changed = new Announcer<AnalysisState>();
  readonly #parts: AnalysisDeskParts;
  #running: { readonly abort: AbortController; readonly ended: Promise<unknown> } | undefined;

  constructor(parts: AnalysisDeskParts) {
    this.#parts = parts;
  }

  /** Rejects with InputError where no stream has shown anything, another analysis is under way, or this one is cancelled. */
  async analyse(): Promise<SensorAnalysis> {
    if (this.#running) {
      throw new InputError('analysis.busy', 'Expected one analysis at a time but received another one', 'Wait for it.');
    }
    const frames = this.#chosen();
    const abort = new AbortController();
    const analysis = this.#analyse(frames, abort.signal);
    const running = { abort, ended: analysis.catch(() => undefined) };
    this.#running = running;
    this.changed.announce({ state: 'analysing', progress: 0 });
    try {
      const found = await analysis;
      this.#end({ state: 'done', progress: 1 });
      return found;
    } catch (thrown) {
      this.#end({ state: abort.signal.aborted ? 'cancelled' : 'failed', progress: 0 });
      throw thrown;
    }
  }

  /** Gives up what is under way; harmless where nothing is. */
  cancel(): void {
    this.#running?.abort.abort();
    this.#parts.threading.background.cancel((envelope) => envelope.stage === stage);
  }

  /** As {@link cancel}; resolves when nothing is held any more. */
  async close(): Promise<void> {
    this.cancel();
    await this.#running?.ended;
  }

  #end(state: AnalysisState): void {
    this.#running = undefined;
    this.changed.announce(state);
  }

  /** Frames exposed like the newest one, evenly over what is kept, pinned. */
  #chosen(): { readonly meta: FrameMeta; readonly mosaic: Lease }[] {
    const all = this.#parts.fusion.frames();
    const newest = all.at(-1)?.meta;
    const alike = all.filter(({ meta }) => newest && isAlike(meta, newest));
    const count = Math.min(mostFrames, alike.length);
    const places = Array.from({ length: count }, (_, place) => Math.round(((place + 1) * alike.length) / count) - 1);
    const chosen = places.flatMap((place) => {
      const { meta, mosaic } = alike[place] as (typeof alike)[number];
      const pinned = mosaic.pin(stage, 'fusion');
      return pinned ? [{ meta, mosaic: pinned }] : [];
    });
    if (chosen.length > 0) return chosen;
    const message = 'Expected a running stream with frames to analyse but received none';
    throw new InputError('analysis.no-frames', message, 'Start the stream first.');
  }

  async #analyse(
    frames: readonly { readonly meta: FrameMeta; readonly mosaic: Lease }[],
    signal: AbortSignal,
  ): Promise<SensorAnalysis> {
    using held = new DisposableStack();
    for (const { mosaic } of frames) held.use(mosaic);
    const { meta } = frames.at(-1) as (typeof frames)[number];
    const sensor = this.#sensorOf(meta);
    const frameId = this.#parts.stream.nextFrameId();
    const measured = await this.#measure(
      { frameId, meta, sensor },
      frames.map(({ mosaic }) => mosaic),
      held,
      signal,
    );
    const intents = decideRaw(measured.inputs);
    for (const record of recordsOf(intents)) {
      this.#parts.decided.announce({ ...record, frameId, sequence: meta.sequence, atNs: monotonicNs() });
    }
    const sequences = frames.map((frame) => frame.meta.sequence);
    return { sequences, findings: findingsOf(intents, measured, sensor) };
  }

  /** What the lab takes for known: the camera's own word, and its tuning's in the place of it. */
  #sensorOf(meta: FrameMeta): SensorDescription {
    const { stream, stageParameters } = this.#parts;
    const mode = stream.state.modes.find(({ id }) => id === stream.state.modeId);
    assert(mode, 'Expected the mode of a running stream');
    return stream.tuned?.sensorFor(mode, meta, stageParameters.current.values) ?? meta.sensor;
  }

  async #measure(
    { frameId, meta, sensor }: { readonly frameId: number; readonly meta: FrameMeta; readonly sensor: SensorDescription },
    reads: readonly Lease[],
    held: DisposableStack,
    signal: AbortSignal,
  ): Promise<SensorMeasurement> {
    const { resources, threading } = this.#parts;
    // It has no setting that could be changed, and the frames are others.
    threading.forgive(stage);
    const pool = resources.createPool('analysis', analysisBytes, 1);
    threading.attachPool(pool);
    held.defer(() => resources.retirePool(pool.poolId, () => threading.detachPool(pool.poolId)));
    // Its size has nothing to do with that of frames, which the budget of fusions is reckoned in.
    const output = resources.lease(pool.poolId, stage, 'lane');
    assert(output, 'Expected a free slot in a new pool');
    held.use(output);
    const task = analysisTask({ width: meta.width, height: meta.height, sensor });
    const identity = { frameId, streamId: `analysis-${frameId}`, stage, modelHash: `task:${stage}`, task };
    const progressed = (progress: number): void => this.changed.announce({ state: 'analysing', progress });
    const work = { ...identity, parameters: { version: 0, values: {} }, reads, writes: [output] };
    const { statistics } = await runInBackground(this.#parts, {
      ...work,
      writesFor: 'lane',
      strips: 1,
      signal,
      progressed,
    }).catch((thrown: unknown) => {
      throw signal.aborted ? new InputError('runtime.cancelled', 'The analysis was cancelled') : failureOf(thrown);
    });
    return readAnalysis(output.bytes(statistics['bytes']));
  }
}

/** Frames of one size whose controls were the same: light may have changed, exposure and gain have not. */
function isAlike(a: FrameMeta, b: FrameMeta): boolean {
  const names = new Set([...Object.keys(a.controls), ...Object.keys(b.controls)]);
  const isOfOneSize = a.width === b.width && a.height === b.height;
  return isOfOneSize && [...names].every((name) => a.controls[name] === b.controls[name]);
}

function failureOf(thrown: unknown): ResourceError {
  const { action } = errorRecordFrom(thrown);
  return new ResourceError('analysis.failed', `Expected an analysis of the sensor but received: ${messageOf(thrown)}`, action);
}
