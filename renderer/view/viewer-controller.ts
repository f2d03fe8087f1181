import type { LabClient } from '../client/lab-client.ts';
import type { PageStore } from '../store/page-store.ts';
import { createCanvasPainter } from './canvas-painter.ts';
import type { HeldFrame, PixelValue } from './frame-slot.ts';
import { FrameSlot, pixelAt } from './frame-slot.ts';
import type { Painter, SurroundLevel } from './painter.ts';
import type { Placement, Point, Size, Viewport } from './viewport.ts';
import { fitViewport, imagePointAt, oneToOne, panBy, placementOf, zoomAt, zoomStep } from './viewport.ts';
import { createWebglPainter } from './webgl-painter.ts';

/** What the readout shows: the frame on the screen and the pixel under the cursor, where there are any. */
export interface Readout {
  readonly frame: HeldFrame | undefined;
  readonly at: Point | undefined;
  readonly value: PixelValue | undefined;
}

/** What the controller stands on; injectable, so that tests need neither screen nor clock. */
export interface ViewerControllerOptions {
  readonly client: Pick<LabClient, 'openView' | 'acknowledge'>;
  readonly page: PageStore;
  /** Names this page's view; two pages on one lab must not share it. */
  readonly viewId: string;
  readonly requestFrame: (callback: () => void) => unknown;
  readonly surround: SurroundLevel;
}

/**
 * The picture on the screen: takes frames, paints the newest once per animation frame, gives credits back, and answers for
 * zoom, freeze and the pixel under the cursor. It lives outside React; panels attach a canvas to it and listen.
 */
export class ViewerController {
  readonly #options: ViewerControllerOptions;
  readonly #slot: FrameSlot;
  readonly #readoutListeners = new Set<(readout: Readout) => void>();
  #canvas: HTMLCanvasElement | undefined;
  #painter: Painter | undefined;
  #closeView: (() => void) | undefined;
  #viewport: Viewport = fitViewport;
  #cursor: Point | undefined;
  #paintPlanned = false;
  #uploadNeeded = false;

  constructor(options: ViewerControllerOptions) {
    this.#options = options;
    this.#slot = new FrameSlot((frameId) => options.client.acknowledge(options.viewId, frameId));
  }

  /** Starts showing frames on a canvas until the returned function is called. One canvas at a time. */
  attach(canvas: HTMLCanvasElement): () => void {
    this.#canvas = canvas;
    this.#makePainter();
    const lost = (event: Event) => event.preventDefault();
    const restored = () => this.#makePainter();
    canvas.addEventListener('webglcontextlost', lost);
    canvas.addEventListener('webglcontextrestored', restored);
    this.#closeView = this.#options.client.openView(this.#options.viewId, (header, pixels) => {
      this.#slot.arrive({ header, pixels });
      this.#planPaint();
    });
    return () => {
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
      this.#closeView?.();
      this.#painter?.close();
      this.#painter = undefined;
      this.#canvas = undefined;
      this.#slot.clear();
      this.#publish();
    };
  }

  /** Sets the canvas's size in device pixels. */
  resize({ width, height }: Size): void {
    if (!this.#canvas) return;
    this.#canvas.width = Math.max(1, width);
    this.#canvas.height = Math.max(1, height);
    // Setting the size clears the canvas: painting now, not in the next frame, keeps it from flashing.
    this.#paint();
  }

  /** Draws again without a new frame, as after a change of theme. */
  repaint(): void {
    this.#planPaint();
  }

  fit(): void {
    this.#show(fitViewport);
  }

  oneToOne(): void {
    this.#changeView(oneToOne);
  }

  zoom(direction: 1 | -1): void {
    this.#changeView((viewport, image, canvas) => zoomStep(viewport, image, canvas, direction));
  }

  /** Zooms by a factor around a device position of the canvas. */
  zoomAt(factor: number, device: Point): void {
    this.#changeView((viewport, image, canvas) => zoomAt(viewport, image, canvas, factor, device));
  }

  /** Moves the picture by a distance in device pixels. */
  panBy(device: Point): void {
    this.#changeView((viewport, image, canvas) => panBy(viewport, image, canvas, device));
  }

  /** Says where the cursor is, in device pixels of the canvas, or that it is not over it. */
  moveCursor(device: Point | undefined): void {
    this.#cursor = device;
    this.#announceReadout();
  }

  setFrozen(frozen: boolean): void {
    this.#slot.freeze(frozen);
    this.#publish();
  }

  get frozen(): boolean {
    return this.#slot.frozen;
  }

  /** The frame on the screen. */
  get shown(): HeldFrame | undefined {
    return this.#slot.shown;
  }

  /** The frame on the screen and the pixel under the cursor. */
  readout(): Readout {
    const frame = this.#slot.shown;
    const placement = this.#placement();
    if (!frame || !placement || !this.#cursor) return { frame, at: undefined, value: undefined };
    const point = imagePointAt(placement, this.#cursor);
    const at = { x: Math.floor(point.x), y: Math.floor(point.y) };
    const value = pixelAt(frame, at.x, at.y);
    return { frame, at: value && at, value };
  }

  /** Hears the readout after every paint and cursor move: at frame rate, so listeners write to the DOM, not to React. */
  onReadout(listener: (readout: Readout) => void): () => void {
    this.#readoutListeners.add(listener);
    return () => this.#readoutListeners.delete(listener);
  }

  #makePainter(): void {
    if (!this.#canvas) return;
    const { surround } = this.#options;
    this.#painter = createWebglPainter(this.#canvas, surround) ?? createCanvasPainter(this.#canvas, surround);
    this.#uploadNeeded = true;
    this.#planPaint();
  }

  #planPaint(): void {
    if (this.#paintPlanned) return;
    this.#paintPlanned = true;
    this.#options.requestFrame(() => {
      this.#paintPlanned = false;
      this.#paint();
    });
  }

  #paint(): void {
    const isNew = this.#slot.takeNewest();
    const frame = this.#slot.shown;
    const placement = this.#placement();
    if (frame && placement && this.#painter) {
      if (isNew || this.#uploadNeeded) this.#painter.upload(frame.pixels, frame.header);
      this.#uploadNeeded = false;
      this.#painter.draw(placement);
    } else this.#painter?.clear();
    this.#slot.acknowledgeNewest();
    this.#announceReadout();
    this.#publish();
  }

  #placement(): Placement | undefined {
    const image = this.#slot.shown?.header;
    return image && this.#canvas ? placementOf(this.#viewport, image, this.#canvas) : undefined;
  }

  #changeView(change: (viewport: Viewport, image: Size, canvas: Size) => Viewport): void {
    const image = this.#slot.shown?.header;
    if (image && this.#canvas) this.#show(change(this.#viewport, image, this.#canvas));
  }

  #show(viewport: Viewport): void {
    this.#viewport = viewport;
    this.#planPaint();
  }

  #announceReadout(): void {
    if (this.#readoutListeners.size === 0) return;
    const readout = this.readout();
    for (const listener of this.#readoutListeners) listener(readout);
  }

  /** Tells the page what changed; nothing when nothing did, so frames at rest cost React nothing. */
  #publish(): void {
    const { page } = this.#options;
    const known = page.getState().view;
    const next = {
      frozen: this.#slot.frozen,
      fitted: this.#viewport.mode === 'fit',
      zoomPercent: Math.round((this.#placement()?.scale ?? 1) * 1000) / 10,
      hasFrame: this.#slot.shown !== undefined,
    };
    const changed = (Object.keys(next) as (keyof typeof next)[]).some((key) => known[key] !== next[key]);
    if (changed) page.setState({ view: next });
  }
}
