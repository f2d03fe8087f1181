import type { V4l2Device, V4l2Stream, V4l2StreamOptions } from './device-face.ts';
import type { SlotFeed } from './slot-feed.ts';
import { meansUnplugged } from './v4l2-errors.ts';

/** Filled frames that may wait for a late lab before the newest wins. */
const waitingFrames = 3;
/** Slots of a stream that copies: the driver has buffers of its own, so one to be filled is enough beside those that wait. */
const copiedSlots = waitingFrames + 1;
/** Slots of a stream that the driver fills itself: three stay with it even while others wait, as many as drivers usually ask for. */
const directSlots = waitingFrames + 3;

/**
 * Starts to stream into the slots of a feed: written by the driver itself where it takes them, else copied from the driver's
 * memory. What a driver refuses when it is given the slots does not say whether it is because of them, so that the second attempt
 * decides, and its error is the one to tell.
 */
export async function startIntoSlots(
  device: V4l2Device,
  feed: SlotFeed,
  options: Omit<V4l2StreamOptions, 'slots' | 'pendingFrames' | 'bufferCount' | 'memoryMode'>,
): Promise<V4l2Stream> {
  const shared = { ...options, pendingFrames: waitingFrames };
  try {
    const slots = feed.fill(directSlots);
    return await device.startStream({ ...shared, slots, bufferCount: directSlots, memoryMode: 'user-pointer' });
  } catch (thrown) {
    if (meansUnplugged(thrown)) throw thrown;
    return device.startStream({ ...shared, slots: feed.fill(copiedSlots), memoryMode: 'mmap' });
  }
}
