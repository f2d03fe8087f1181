import { BackgroundQueue, type QueueOptions } from './background-queue.ts';
import type { Envelope } from './envelope.ts';
import { type JobRunner, Lane, type LaneOptions } from './lane.ts';
import type { Job } from './strip-runner.ts';

/** Envelopes that may wait before whoever submits has to. */
const backgroundCapacity = 16;

/**
 * The lane of everything that may take its time and must not be lost: one job in work, a bounded queue by priority and age, and
 * back-pressure beyond it. Its workers run at the lowest priority of the operating system, so that the realtime lane takes the
 * processor from them whenever it wants to.
 */
export class BackgroundLane extends Lane {
  readonly #queue: BackgroundQueue<Job>;

  constructor(runner: JobRunner, options: LaneOptions & { readonly capacity?: number } = {}) {
    super(runner, options);
    this.#queue = new BackgroundQueue(options.capacity ?? backgroundCapacity);
  }

  get waiting(): number {
    return this.#queue.length + this.#queue.waiting;
  }

  /**
   * Resolves when the lane has taken the envelope: that is the back-pressure. Rejects when it is cancelled before. Where no worker
   * is left, new ones are started first; where none starts, the envelope completes as failed.
   */
  async submit(envelope: Envelope, strips: number, options: QueueOptions = {}): Promise<void> {
    const { workers } = this.runner;
    // Nobody loads a model here, which is what brings the realtime lane's workers back.
    const revival = workers.obstacle && workers.revive?.();
    // A start that fails is told by the obstacle, which the envelope then fails with.
    if (revival) await revival.catch(() => undefined);
    const accepted = this.#queue.push({ envelope, strips }, options);
    this.pump();
    await accepted;
  }

  /**
   * Gives up the envelopes that are meant. Those that the lane has taken complete as `cancelled`; of one that still waits for room,
   * {@link submit} rejects.
   */
  cancel(isMeant: (envelope: Envelope) => boolean): void {
    for (const job of this.#queue.remove(({ envelope }) => isMeant(envelope))) this.complete(job, 'cancelled');
    const running = this.runner.running;
    if (running && isMeant(running.envelope)) this.runner.cancel();
    this.pump();
  }

  /** Share of an envelope's work that has ended, 0 to 1: 0 while it waits. */
  progressOf({ streamId, frameId }: Pick<Envelope, 'streamId' | 'frameId'>): number {
    const running = this.runner.running?.envelope;
    return running?.streamId === streamId && running.frameId === frameId ? this.runner.progress : 0;
  }

  protected next(): Job | undefined {
    return this.#queue.take();
  }
}
