import { millisBetween, monotonicNs } from '../../base/clock.ts';
import { assert, type ErrorRecord } from '../../base/errors.ts';
import { guardInMessage } from '../../processor/processor-plan.ts';
import type { Envelope } from '../../runtime/envelope.ts';
import type { Lease } from '../../runtime/lease.ts';
import type { PassEnd, PassReport } from '../../runtime/pass-report.ts';
import type { LanePass, Pass, PassSequence } from '../../runtime/pass-sequence.ts';
import { limitedCall } from './call-limit.ts';
import type { Place, RouteStep } from './chain-route.ts';
import { type LoadedSegment, newestValues } from './chain-segment.ts';
import { FrameWindow } from './frame-window.ts';

/** What the passes of all frames of a chain have in common. */
export interface RouteFacts {
  readonly steps: readonly RouteStep[];
  /** Of the chain as a frame that begins now is made by it. */
  readonly revision: () => number;
  /** Of the pictures. */
  readonly width: number;
  readonly height: number;
  readonly mosaicBytes: number;
  /** Most time of a call. */
  readonly callMillis: number;
  /** Frames pass a processor by that is suspended, also before the chain is built without it. */
  readonly isSuspended: (key: string) => boolean;
}

/** One frame's own part. */
export interface FrameSlots {
  /** What the ISP would run on its own: from the camera's slot into the picture's. */
  readonly envelope: Envelope;
  readonly strips: number;
  readonly mosaic: Lease;
  readonly picture: Lease;
}

/**
 * A frame's way through the chain. What fails behind or before the ISP costs its processor the frame and not the frame its picture: the
 * frame is then copied past it. Only the ISP itself cannot be done without.
 */
export class FramePasses implements PassSequence {
  readonly reports: PassReport[] = [];
  readonly #facts: RouteFacts;
  readonly #slots: FrameSlots;
  readonly #ended: () => void;
  readonly revision: number;
  #index = -1;
  #isPassingBy = false;
  #versions: PassReport['members'] = [];
  #error: ErrorRecord | undefined;

  constructor(facts: RouteFacts, slots: FrameSlots, ended: () => void) {
    this.#facts = facts;
    this.#slots = slots;
    this.#ended = ended;
    this.revision = facts.revision();
  }

  get error(): ErrorRecord | undefined {
    return this.#error;
  }

  next(before: PassEnd | undefined): Pass | undefined {
    const step = this.#facts.steps[this.#index];
    if (step && before) {
      const error = this.#judge(step, before);
      if (error && (this.#isPassingBy || step.work === 'isp' || step.work === 'copy')) {
        this.#error = error;
        return undefined;
      }
      if (error) return this.#passBy(step);
      if (step.to instanceof FrameWindow) step.to.advance();
    }
    this.#index += 1;
    const following = this.#facts.steps[this.#index];
    return following && this.#passOf(following);
  }

  close(): void {
    this.#ended();
  }

  /** Notes how a step ended; a copy past something is no work of a processor and is not noted. */
  #judge({ work }: RouteStep, end: PassEnd): ErrorRecord | undefined {
    if (this.#isPassingBy || work === 'copy') return end.error;
    const culprit = end.error && guardInMessage(end.error.message);
    const error = culprit ? noNumbers(culprit) : (end.error ?? this.#slowness(work, end));
    const identity =
      work === 'isp'
        ? { stage: this.#slots.envelope.stage, modelHash: this.#slots.envelope.modelHash, members: [] }
        : { stage: work.stage, modelHash: work.modelHash, members: this.#versions };
    const { startedNs, finishedNs } = end;
    this.reports.push({ ...identity, startedNs, finishedNs, ...(error ? { error } : {}), ...(culprit ? { culprit } : {}) });
    return error;
  }

  /** A call in a lane cannot be ended: it is judged by the time that it took. */
  #slowness(work: LoadedSegment | 'isp', { startedNs, finishedNs }: PassEnd): ErrorRecord | undefined {
    if (work === 'isp' || work.work.kind !== 'lane-call') return undefined;
    const millis = millisBetween(startedNs, finishedNs);
    if (millis <= this.#facts.callMillis) return undefined;
    const message = `Expected an answer of ${work.stage} within ${this.#facts.callMillis} ms but it took ${Math.round(millis)} ms`;
    return { code: 'processor.slow', message };
  }

  #passOf(step: RouteStep): Pass {
    this.#isPassingBy = false;
    const { work } = step;
    if (work === 'copy') return this.#copyOf(step);
    if (work === 'isp') {
      const [inputs, outputs] = [this.#sources(step.from), [this.#target(step.to)]].map((slots) =>
        slots.map(({ handle }) => handle),
      );
      return this.#lanePass({ ...this.#slots.envelope, inputs: inputs ?? [], outputs: outputs ?? [] }, this.#slots.strips);
    }
    const [only] = work.members;
    if (work.members.length === 1 && only && this.#facts.isSuspended(only.key)) return this.#passBy(step);
    this.#versions = work.members.map(({ key, parameters }) => ({ key, version: parameters.current.version }));
    return this.#segmentPass(work, step);
  }

  #segmentPass(segment: LoadedSegment, step: RouteStep): Pass {
    const { work, members, stage, modelHash } = segment;
    const { width, height } = this.#facts;
    if (work.kind === 'graph') {
      return this.#lanePass(
        { ...this.#identity(step), stage, modelHash, parameters: { version: 0, values: work.inputs() } },
        segment.strips,
      );
    }
    const [member] = members;
    assert(member, `Expected a processor to call in ${stage}`);
    const order = { width, height, prompts: member.prompts(), values: newestValues(member) };
    if (work.kind === 'lane-call') {
      return this.#lanePass({ ...this.#identity(step), stage, modelHash, task: { name: 'call', specification: order } }, 1);
    }
    const bytes = width * height * 4;
    const pictures = this.#sources(step.from).map((slot) => slot.bytes(bytes));
    const call = { ...order, pictures, result: this.#target(step.to).bytes(bytes) };
    return { kind: 'outside', run: () => limitedCall(work.handle, call, stage, this.#facts.callMillis) };
  }

  #passBy(step: RouteStep): Pass {
    this.#isPassingBy = true;
    return this.#copyOf(step);
  }

  #copyOf(step: RouteStep): LanePass {
    const { width, height, mosaicBytes } = this.#facts;
    const isMosaic = this.#index < this.#facts.steps.findIndex(({ work }) => work === 'isp');
    const specification = { bytes: isMosaic ? mosaicBytes : width * height * 4 };
    return this.#lanePass(
      { ...this.#identity(step), stage: 'copy', modelHash: 'task:copy', task: { name: 'copy', specification } },
      1,
    );
  }

  #lanePass(envelope: Envelope, strips: number): LanePass {
    return { kind: 'lane', envelope, strips };
  }

  /** What every envelope of this frame has in common, with the slots of a step. */
  #identity({ from, to }: RouteStep): Omit<Envelope, 'stage' | 'modelHash'> {
    const { frameId, streamId, lane } = this.#slots.envelope;
    const inputs = this.#sources(from).map(({ handle }) => handle);
    const parameters = { version: 0, values: {} };
    return { frameId, streamId, lane, inputs, outputs: [this.#target(to).handle], parameters, queuedNs: monotonicNs() };
  }

  /** The slots that a step reads, the newest frame first. */
  #sources(place: Place): readonly Lease[] {
    return place instanceof FrameWindow ? place.frames() : [this.#slotAt(place)];
  }

  #target(place: Place): Lease {
    return place instanceof FrameWindow ? place.next : this.#slotAt(place);
  }

  #slotAt(place: Exclude<Place, FrameWindow>): Lease {
    return typeof place === 'string' ? this.#slots[place] : place;
  }
}

/** What a graph's guard tells, see `planProcessor`. */
function noNumbers(key: string): ErrorRecord {
  return { code: 'processor.result', message: `Expected numbers from processor ${key} but its graph made NaN` };
}
