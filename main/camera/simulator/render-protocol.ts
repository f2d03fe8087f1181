import type { ErrorRecord } from '../../base/errors.ts';
import type { SharedFramePool, SlotHandle } from '../../frame/frame-pool.ts';
import type { FrameSettings, RendererSettings } from './renderer.ts';

/** What the simulator camera asks of its render thread. Answers come in the order of the questions. */
export type RenderRequest =
  | { readonly kind: 'prepare'; readonly settings: RendererSettings; readonly pool: SharedFramePool }
  | { readonly kind: 'render'; readonly sequence: number; readonly handle: SlotHandle; readonly frame: FrameSettings };

/** What the render thread answers: one answer for each request. After `failed` the thread is still usable. */
export type RenderAnswer =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'rendered'; readonly sequence: number }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
