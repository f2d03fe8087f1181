import type { dropReasons } from '../../preload/contract.ts';

type DropReason = (typeof dropReasons)[number];

const texts: Record<DropReason, string> = {
  'no-free-slot': 'No free frame slot',
  'source-late': 'Source was late',
  'driver-gap': 'Gap in the driver’s sequence',
  'bad-buffer': 'Buffer marked bad by the driver',
  'replaced-in-lane': 'Replaced by a newer frame before the stage',
  expired: 'Past its deadline',
  failed: 'Stage failed',
  'replaced-in-view': 'Replaced by a newer frame before the view',
};

/** Every reason for which a frame is lost, in the order of a frame's life, in words. */
export const dropReasonTexts = Object.entries(texts).map(([reason, text]) => ({ reason: reason as DropReason, text }));
