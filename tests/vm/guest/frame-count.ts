import { expect } from 'vitest';
import type { StreamCounters } from '../../../native/v4l2-camera/index.ts';
import { type KeptFrame, type Recording, smallSize } from './camera.ts';

/** Value of vivid's control `Horizontal Movement` with which the picture moves to the right by four columns a frame. */
export const moveRightFast = 6;

const columnsPerFrame = 4;
const framesPerTurn = smallSize.width / columnsPerFrame;

function middleRow({ content }: KeptFrame): Uint16Array {
  const { width, height } = smallSize;
  return new Uint16Array(content.buffer, content.byteOffset + width * 2 * (height / 2), width);
}

/**
 * How many frames the driver made from one to the other, by how far its picture has moved, which it does with frames that it
 * drops as well: a count that owes nothing to sequence numbers, but for whole turns of 80 frames, after which the picture is back.
 * From 1 to 80. Throws where the second is not the first one moved.
 */
export function framesMoved(earlier: KeptFrame, later: KeptFrame): number {
  const [before, after] = [middleRow(earlier), middleRow(later)];
  for (let frames = 1; frames <= framesPerTurn; frames++) {
    const from = smallSize.width - frames * columnsPerFrame;
    if (after.every((sample, x) => sample === before[(x + from) % smallSize.width])) return frames;
  }
  throw new Error(
    `Expected the picture of frame ${earlier.sequence} to have moved but frame ${later.sequence} shows another one`,
  );
}

function steps(frames: readonly KeptFrame[], between: (earlier: KeptFrame, later: KeptFrame) => number): number[] {
  return frames.slice(1).map((later, index) => between(frames[index] as KeptFrame, later));
}

/**
 * Holds a recording of the moving picture against what the picture tells: every step of the sequence, and the sum of all
 * counters. Returns how many frames the driver made from the first to the last that came. `countedBefore` were counted before the first.
 */
export function expectEveryFrameCounted({ frames }: Recording, counters: StreamCounters, countedBefore = 0): number {
  const numbered = steps(frames, (earlier, later) => later.sequence - earlier.sequence);
  expect(numbered.every((step) => step > 0)).toBe(true);
  // More than a turn can pass where the whole machine stands still.
  expect(numbered.map((step) => ((step - 1) % framesPerTurn) + 1)).toEqual(steps(frames, framesMoved));
  const made = numbered.reduce((sum, step) => sum + step, 1);
  const { delivered, late, noFreeSlot, driverGaps, bad } = counters;
  expect(delivered).toBe(frames.length);
  expect(delivered + late + noFreeSlot + driverGaps + bad).toBe(made + countedBefore);
  return made;
}
