import type { ErrorRecord } from '../../base/errors.ts';
import type { SharedFramePool, SlotHandle } from '../../frame/frame-pool.ts';
import type { FrameSettings } from './frame-settings.ts';
import type { RendererSettings } from './renderer.ts';

/** What the simulator camera asks of its render thread. Answers come in the order of the questions. */
export type RenderRequest =
  /** The user's picture for all frames to come, by its path; none where it is empty. */
  | { readonly kind: 'picture'; readonly path: string }
  | { readonly kind: 'prepare'; readonly settings: Omit<RendererSettings, 'picture'>; readonly pool: SharedFramePool }
  | { readonly kind: 'render'; readonly sequence: number; readonly handle: SlotHandle; readonly frame: FrameSettings };

/** What the render thread answers: one answer for each request. After `failed` the thread is still usable. */
export type RenderAnswer =
  | { readonly kind: 'prepared' | 'pictured' }
  | { readonly kind: 'rendered'; readonly sequence: number }
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
