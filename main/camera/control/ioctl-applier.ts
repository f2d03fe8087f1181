import type { ControlReport, ControlValue } from '../../../preload/contract.ts';
import { monotonicNs } from '../../base/clock.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { ControlDevice } from '../camera.ts';
import type { ControlWrite, PlannedWrite } from './control-write.ts';

/** One set on its way to the device, with those who wait for what comes of it. */
interface Submission {
  readonly set: ReadonlyMap<string, PlannedWrite>;
  readonly done: (reports: ControlReport[]) => void;
  readonly failed: (thrown: unknown) => void;
}

/**
 * The one hand that writes to a device: one request at a time, everything that waits together in the next, the newest value
 * of each control, and the last one of all without exception. Reads back what the device made of it and learns from the
 * frames which one was the first to be exposed with it.
 */
export class IoctlApplier {
  /** What one request wrote, as soon as the device has answered. */
  readonly written = new Announcer<readonly ControlWrite[]>();
  /** Writes whose first frame is known, or will never be, because a newer write of the same control came before it. */
  readonly settled = new Announcer<readonly ControlWrite[]>();
  readonly #device: ControlDevice;
  readonly #delayFramesOf: (controlId: string) => number;
  readonly #nowNs: () => bigint;
  readonly #unsettled = new Map<string, ControlWrite>();
  readonly #beforeStream = new Set<string>();
  #submissions: Submission[] = [];
  #writing: Promise<void> | undefined;

  /** `delayFramesOf` gives the frames between the one during which a control is written and the first one exposed with it. */
  constructor(device: ControlDevice, delayFramesOf: (controlId: string) => number, nowNs: () => bigint = monotonicNs) {
    this.#device = device;
    this.#delayFramesOf = delayFramesOf;
    this.#nowNs = nowNs;
  }

  /** True while a request is under way: the device's own list is then about to change. */
  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /**
   * Writes a set in one request and resolves to what the device holds then. Where a newer set overtook a control, its report
   * says what the newer one left. Rejects as the device does; other sets are written all the same.
   */
  apply(set: ReadonlyMap<string, PlannedWrite>): Promise<ControlReport[]> {
    if (set.size === 0) return Promise.resolve([]);
    const { promise, resolve, reject } = Promise.withResolvers<ControlReport[]>();
    this.#submissions.push({ set, done: resolve, failed: reject });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** What was written while nothing streamed is in effect from the stream's first frame on. */
  streamStarting(): void {
    for (const id of this.#unsettled.keys()) this.#beforeStream.add(id);
  }

  /** Learns from a frame of the source which writes it was exposed with. */
  frameArrived({ sequence, timestampNs }: Pick<FrameMeta, 'sequence' | 'timestampNs'>): void {
    const settled: ControlWrite[] = [];
    for (const [id, write] of this.#unsettled) {
      const isBeforeStream = this.#beforeStream.has(id);
      if (!isBeforeStream && timestampNs < write.writtenNs) continue;
      const delay = isBeforeStream ? 0 : this.#delayFramesOf(id);
      settled.push({ ...write, report: { ...write.report, effectiveAtSequence: sequence + delay } });
      this.#unsettled.delete(id);
      this.#beforeStream.delete(id);
    }
    if (settled.length > 0) this.settled.announce(settled);
  }

  async #writeAll(): Promise<void> {
    while (this.#submissions.length > 0) {
      const batch = this.#submissions;
      this.#submissions = [];
      try {
        const held = await this.#request(batch);
        for (const submission of batch) submission.done(reportsOf(submission, held));
      } catch (thrown) {
        await this.#writeEach(batch, thrown);
      }
    }
    this.#writing = undefined;
  }

  /** One set that the device refuses must not cost the others theirs: in their order, so that the newest still has the last say. */
  async #writeEach(batch: readonly Submission[], reason: unknown): Promise<void> {
    const [only, ...more] = batch;
    if (only && more.length === 0) return only.failed(reason);
    for (const submission of batch) {
      try {
        submission.done(reportsOf(submission, await this.#request([submission])));
      } catch (thrown) {
        submission.failed(thrown);
      }
    }
  }

  async #request(batch: readonly Submission[]): Promise<ReadonlyMap<string, ControlValue>> {
    const writes = new Map(batch.flatMap(({ set }) => [...set]));
    const held = await this.#device.writeControls(new Map([...writes].map(([id, { value }]) => [id, value])));
    const writtenNs = this.#nowNs();
    const written = [...writes].map(([id, { origin, requested, value }]): ControlWrite => {
      return { report: { id, requested, applied: held.get(id) ?? value }, origin, writtenNs };
    });
    this.#remember(written);
    this.written.announce(written);
    return held;
  }

  #remember(written: readonly ControlWrite[]): void {
    const overtaken = written.flatMap(({ report: { id } }) => this.#unsettled.get(id) ?? []);
    for (const write of written) {
      this.#unsettled.set(write.report.id, write);
      this.#beforeStream.delete(write.report.id);
    }
    if (overtaken.length > 0) this.settled.announce(overtaken);
  }
}

function reportsOf({ set }: Submission, held: ReadonlyMap<string, ControlValue>): ControlReport[] {
  return [...set].map(([id, { requested, value }]) => ({ id, requested, applied: held.get(id) ?? value }));
}
