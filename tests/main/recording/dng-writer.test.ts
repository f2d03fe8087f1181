import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Matrix3, Triple } from '../../../main/base/matrix3.ts';
import { decodeDng } from '../../../main/camera/file/dng.ts';
import { readTiff } from '../../../main/camera/file/tiff.ts';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { type CfaOrder, cfaOrders } from '../../../main/frame/pixel-format.ts';
import { encodeDng } from '../../../main/recording/dng-writer.ts';
import { temporaryFiles } from '../camera/file/temporary-files.ts';

const files = temporaryFiles();
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) process.stderr.write('comparison with another DNG reader left out: python3 is not installed\n');
const width = 6;
const height = 4;
const samples = Uint16Array.from({ length: width * height }, (_, index) => (index * 2749) & 0xffff);
const origin = { cameraModel: 'Chart Camera', software: 'Camera Lab' };
const srgbFromCamera: Matrix3 = [1.6, -0.5, -0.1, -0.2, 1.5, -0.3, 0.05, -0.65, 1.6];
const whiteBalance: Triple = [1.9, 1, 1.5];

function sensorOf(cfa: CfaOrder, more: Partial<SensorDescription> = {}): SensorDescription {
  return { cfa, bits: 12, blackLevels: [64, 65, 66.5, 67], whiteLevel: 4095, ...more };
}

function encoded(sensor: SensorDescription, more: Partial<typeof origin> & { takenAt?: Date } = {}): Uint8Array {
  return encodeDng({ samples, width, height, sensor }, { ...origin, ...more });
}

/** Tags by number, and the samples, as another reader sees them. */
async function readElsewhere(name: string, bytes: Uint8Array): Promise<{ tags: Record<string, unknown>; samples: number[] }> {
  const file = await files.write(name, bytes);
  const python = spawnSync('python3', [path.join(import.meta.dirname, 'read-dng.py'), file], { encoding: 'utf8' });
  if (python.status !== 0) throw new Error(python.error?.message ?? python.stderr);
  return JSON.parse(python.stdout);
}

describe.runIf(hasPython)('a DNG of a camera with a strange name', () => {
  it('is ASCII', async () => {
    const { tags } = await readElsewhere('strange.dng', encoded(sensorOf('RGGB'), { cameraModel: 'Kamera Ä\n7' }));
    expect(tags['50708']).toBe('Kamera ??7');
  });
});

describe('a DNG of a sensor of unknown colour', () => {
  it('has no colour tags, and comes back without them', () => {
    const bytes = encoded(sensorOf('BGGR'));
    const { directories } = readTiff(bytes, 'plain.dng');
    expect([50721, 50728, 50778].map((tag) => directories[0]?.values(tag))).toEqual([undefined, undefined, undefined]);
    const { sensor } = decodeDng(bytes, 'plain.dng');
    expect(sensor).toEqual({ cfa: 'BGGR', bits: 16, blackLevels: [64, 65, 66.5, 67], whiteLevel: 4095 });
  });
});

describe('a DNG', () => {
  it.each(cfaOrders)('of the order %s comes back as it was', (cfa) => {
    const image = decodeDng(encoded(sensorOf(cfa)), 'shot.dng');
    expect(image).toMatchObject({ width, height, sensor: { cfa } });
    expect(Buffer.from(image.samples.buffer)).toEqual(Buffer.from(samples.buffer));
  });

  it('brings white balance and colour back to nine digits', () => {
    const { sensor } = decodeDng(encoded(sensorOf('RGGB', { whiteBalance, srgbFromCamera })), 'shot.dng');
    for (const [index, gain] of whiteBalance.entries()) expect(sensor.whiteBalance?.[index]).toBeCloseTo(gain, 8);
    for (const [index, value] of srgbFromCamera.entries()) expect(sensor.srgbFromCamera?.[index]).toBeCloseTo(value, 6);
  });

  it.runIf(hasPython)('is a valid TIFF with every required tag to another reader', async () => {
    const takenAt = new Date('2026-03-04T05:06:07Z');
    const bytes = encoded(sensorOf('GRBG', { whiteBalance, srgbFromCamera }), { takenAt });
    const read = await readElsewhere('whole.dng', bytes);
    expect(read.samples).toEqual([...samples]);
    expect(read.tags).toMatchObject({
      254: [0],
      256: [width],
      257: [height],
      258: [16],
      259: [1],
      262: [32803],
      272: 'Chart Camera',
      277: [1],
      306: '2026:03:04 05:06:07',
      33421: [2, 2],
      33422: [1, 0, 2, 1],
      50706: [1, 4, 0, 0],
      50707: [1, 1, 0, 0],
      50708: 'Chart Camera',
      50713: [2, 2],
      50714: [64, 65, 66.5, 67],
      50717: [4095],
      50778: [21],
      50829: [0, 0, height, width],
    });
    const neutral = read.tags['50728'] as number[];
    for (const [index, gain] of whiteBalance.entries()) expect(neutral[index]).toBeCloseTo(1 / gain, 8);
    const matrix = read.tags['50721'] as number[];
    // The white of D65 in XYZ comes out as the neutral of the scene: that is what makes other programs show it white.
    for (const [row, value] of neutral.entries()) {
      const [x, y, z] = matrix.slice(3 * row, 3 * row + 3) as [number, number, number];
      expect(x * 0.95046 + y + z * 1.08906).toBeCloseTo(value, 4);
    }
  });
});
