import type { Budgets } from '../runtime/budgets.ts';

/** Mosaics that are kept for fusions after they have been shown. */
export const ringFrames = 8;

/** Merges at once: one at work and one that waits for it. */
export const mostPlans = 2;

/** Merged mosaics that may exist at once, in a pool of their own: one being written while the next is made. */
export const mergedSlots = 2;

/** What the live path needs of mosaics: six that a camera fills or has queued, one in work, one waiting, one that is just replaced. */
const liveMosaics = 9;
/** The same of pictures: one in work, one waiting, one that is just replaced or published. */
const livePictures = 3;

/** Pictures that views may hold together. */
const viewPictures = 3;
/** Mosaics' worth that a recorder may hold while the disk is slower than the camera. A picture is worth two. */
const recorderMosaics = 4;
/**
 * Mosaics' worth that plug-ins may hold together, in pools of their own: slots between the passes of a chain, and the earlier frames that
 * processors see. Two chains of a processor with the most frames fit, since a new one is built beside the one that runs.
 */
const plugInMosaics = 80;
/** Mosaics in use by merges, which nothing can take back; what the ring alone holds makes way for the camera. */
const fusionMosaics = mostPlans * ringFrames;

/**
 * Slots of a stream's pools: what the live path needs beside all that the others may hold, so that a consumer which holds on to
 * everything it gets costs nobody else a frame. Slots that were never used take no memory of the machine.
 */
export const streamSlots = {
  mosaics: liveMosaics + fusionMosaics + recorderMosaics,
  pictures: livePictures + viewPictures + recorderMosaics / 2,
} as const;

/** Limits views, the recorder and plug-ins to their share of a stream's slots; fusions are limited by who can make them give way. */
export function limitConsumers(budgets: Budgets, mosaicBytes: number, pictureBytes: number): void {
  budgets.limit('view', viewPictures * pictureBytes);
  budgets.limit('recorder', recorderMosaics * mosaicBytes);
  budgets.limit('plug-ins', plugInMosaics * mosaicBytes);
}

/** Frame memory that fusions may hold of a stream, the ring and merged mosaics included, before the ring gives way. */
export function fusionBytes(mosaicBytes: number): number {
  return (fusionMosaics + mergedSlots) * mosaicBytes;
}
