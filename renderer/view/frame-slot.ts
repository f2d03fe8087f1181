import type { FrameHeader } from '../../preload/frame-wire.ts';

/** A frame as the page holds it: what the header says and the pixels, RGBA, 8 bit. */
export interface HeldFrame {
  readonly header: FrameHeader;
  readonly pixels: Uint8Array;
}

/** RGBA of one pixel, 8 bit each. */
export type PixelValue = readonly [red: number, green: number, blue: number, alpha: number];

/** The pixel at whole image coordinates, or undefined outside the frame. */
export function pixelAt({ header, pixels }: HeldFrame, x: number, y: number): PixelValue | undefined {
  if (x < 0 || y < 0 || x >= header.width || y >= header.height) return undefined;
  const at = (y * header.width + x) * 4;
  return [pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number, pixels[at + 3] as number];
}

/**
 * The frames between their arrival and the next paint: the newest wins and is acknowledged, which forgives those before
 * it, so that no credit is ever lost. No pixels are copied, except the one picture that is frozen.
 */
export class FrameSlot {
  readonly #acknowledge: (frameId: number) => void;
  #arrived: HeldFrame | undefined;
  #unacknowledged: number | undefined;
  #shown: HeldFrame | undefined;
  #frozen = false;

  constructor(acknowledge: (frameId: number) => void) {
    this.#acknowledge = acknowledge;
  }

  /** The frame on the screen. */
  get shown(): HeldFrame | undefined {
    return this.#shown;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  arrive(frame: HeldFrame): void {
    this.#arrived = frame;
    this.#unacknowledged = frame.header.frameId;
  }

  /** Makes the newest frame the shown one, unless frozen; true when there is a new picture to paint. */
  takeNewest(): boolean {
    const newest = this.#arrived;
    this.#arrived = undefined;
    if (newest === undefined || this.#frozen) return false;
    this.#shown = newest;
    return true;
  }

  /** To be called after the paint: gives back the credits of the newest frame and of those that it replaced. */
  acknowledgeNewest(): void {
    if (this.#unacknowledged !== undefined) this.#acknowledge(this.#unacknowledged);
    this.#unacknowledged = undefined;
  }

  /** Holds the shown picture, in a copy of its own because the transport goes on to use its memory, or lets go of it. */
  freeze(frozen: boolean): void {
    if (frozen && !this.#frozen && this.#shown) this.#shown = { ...this.#shown, pixels: this.#shown.pixels.slice() };
    this.#frozen = frozen;
  }

  /** Forgets every frame, as when the view is closed. */
  clear(): void {
    this.#arrived = undefined;
    this.#shown = undefined;
    this.#unacknowledged = undefined;
  }
}
