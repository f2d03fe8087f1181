import { expect, test } from 'vitest';
import { OpenedFiles } from '../../../../main/camera/file/opened-files.ts';

const mode = { id: '320x240@30', width: 320, height: 240, framesPerSecond: 30, pixelFormat: 'RGGB10' };
const camera = { id: 'file:/shots/ramp.raw', name: 'ramp.raw', modes: [mode] };
const geometry = {
  width: 320,
  height: 240,
  cfa: 'RGGB',
  bits: 10,
  packing: 'unpacked',
  blackLevel: 64,
  whiteLevel: 1023,
} as const;

test('a source that is no opened file has no choice', () => {
  expect(new OpenedFiles().choiceOf('simulator:chart')).toBeUndefined();
});

test('a file is listed once, with the geometry it was last opened with', () => {
  const files = new OpenedFiles();
  files.remember(camera, { path: '/shots/ramp.raw', geometry });
  files.remember(camera, { path: '/shots/ramp.raw', geometry: { ...geometry, cfa: 'BGGR' } });
  expect(files.entries()).toEqual([
    {
      id: 'file:/shots/ramp.raw',
      kind: 'file',
      name: 'ramp.raw',
      detail: '320 × 240 RGGB10, /shots/ramp.raw',
      available: true,
    },
  ]);
  expect(files.choiceOf(camera.id)?.geometry?.cfa).toBe('BGGR');
});
