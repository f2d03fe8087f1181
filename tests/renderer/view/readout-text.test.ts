import { expect, test } from 'vitest';
import { pixelClipboardText, readoutText } from '../../../renderer/view/readout-text.ts';

const header = {
  frameId: 12,
  sequence: 11,
  width: 960,
  height: 540,
  parameterVersion: 4,
  capturedNs: 0n,
  finishedNs: 0n,
  payloadBytes: 960 * 540 * 4,
};
const frame = { header, pixels: new Uint8Array() };
const full = { frame, at: { x: 7, y: 123 }, value: [1, 22, 255, 255] as const };

test('without a pixel there is nothing to copy', () => {
  expect(pixelClipboardText({ frame, at: undefined, value: undefined })).toBeUndefined();
});

test('the readout keeps its width, with a pixel and without one', () => {
  const shown = readoutText(full);
  const empty = readoutText({ frame: undefined, at: undefined, value: undefined });
  expect(shown.position.length).toBe(empty.position.length);
  expect([shown.red, shown.green, shown.blue, empty.red].map((text) => text.length)).toEqual([3, 3, 3, 3]);
});

test('the copied line names position, values and frame', () => {
  expect(pixelClipboardText(full)).toBe('x 7 y 123 R 1 G 22 B 255 (frame 12, sequence 11)');
});
