import type { ServerResponse } from 'node:http';
import type { Timer } from '../../base/timer.ts';

/**
 * Milliseconds in which a client has to take something of what waits for it. One that does not is disconnected, since what it does not
 * take is memory of the lab: events, or the pixels of a frame. A page opens its streams again by itself.
 */
export const mostStallMillis = 10_000;

type Taken = (error?: Error) => void;

/**
 * The only writer of a response that does not end. Counts as progress every write that the socket has taken whole, so that a slow
 * client is kept as long as its pieces are small enough. Used on the lab's thread.
 */
export class StallGuard {
  readonly #response: ServerResponse;
  readonly #timer: Timer;
  readonly #waiting = new Set<Taken>();
  #stopTimer: (() => void) | undefined;

  constructor(response: ServerResponse, timer: Timer) {
    this.#response = response;
    this.#timer = timer;
    response.once('close', () => {
      for (const taken of [...this.#waiting]) taken(new Error('The client has left'));
    });
  }

  /** Hands something to the socket. `settled` is called once: when it has been taken, or with the reason why it never will be. */
  write(chunk: string | Uint8Array, settled: Taken = () => undefined): void {
    const { writableEnded, destroyed } = this.#response;
    if (writableEnded || destroyed) {
      settled(new Error('The client has left'));
      return;
    }
    const taken: Taken = (error) => {
      if (!this.#waiting.delete(taken)) return;
      this.#watch();
      settled(error);
    };
    this.#waiting.add(taken);
    if (this.#waiting.size === 1) this.#watch();
    this.#response.write(chunk, (error) => taken(error ?? undefined));
  }

  /** Gives the client its time anew; none runs where nothing waits. */
  #watch(): void {
    this.#stopTimer?.();
    // A response that waits for its turn on a shared connection has no socket of its own yet.
    const disconnect = (): void => void (this.#response.socket ?? this.#response.req.socket).destroy();
    this.#stopTimer = this.#waiting.size > 0 ? this.#timer(mostStallMillis, disconnect) : undefined;
  }
}
