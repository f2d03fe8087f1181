import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTuning, readTuning, writeTuning } from '../../../main/tuning/tuning-file.ts';
import { type Tuning, tuningJsonSchema } from '../../../main/tuning/tuning-schema.ts';

const least = { format: 'camera-lab-tuning', version: 2, camera: 'test' } as const;

function parsed(fields: object): Tuning {
  return parseTuning(JSON.stringify({ ...least, ...fields }), 'cam.json');
}

describe('a tuning file is refused', () => {
  const wrong: Record<string, [text: string, message: string]> = {
    'that is no JSON': ['{', 'Expected JSON in cam.json but received other text'],
    'that is a list': ['[1]', 'Expected an object in cam.json but received [1]'],
    'of no version': ['{}', 'Expected a version from 1 to 2 in cam.json but received none'],
    'of a newer program': ['{"version": 3}', 'Expected a version from 1 to 2 in cam.json but received 3'],
  };
  for (const [name, [text, message]] of Object.entries(wrong)) {
    it(name, () => expect(() => parseTuning(text, 'cam.json')).toThrow(message));
  }

  const gains = [0, 1, 2, 3].map(() => [1, 1, 1]);
  const fields: Record<string, [fields: object, message: string]> = {
    'with a field that it does not know': [{ blackLevel: 64 }, 'Expected no field of that name for blackLevel in cam.json'],
    'with a gain of none': [{ noise: [{ gain: 0, slope: 1, offset: 1 }] }, 'for noise.0.gain in cam.json'],
    'with fewer gains than its grid': [
      { shading: [{ cctKelvin: 5000, rows: 2, columns: 2, gains }] },
      'Expected as many gains in each plane as rows times columns for shading.0 in cam.json',
    ],
    'with a black level above white': [
      { whiteLevel: 255, blackLevels: [{ gain: 1, levels: [9, 9, 9, 300] }] },
      'Expected levels below 255 for blackLevels in cam.json but received 300',
    ],
    'with white balance of none': [
      { colour: [{ cctKelvin: 5000, whiteBalance: [0, 1, 1] }] },
      'Expected at least 0.05 for colour.0.whiteBalance.0 in cam.json',
    ],
    'with a matrix that makes black of white': [
      { colour: [{ cctKelvin: 5000, whiteBalance: [1, 1, 1], srgbFromCamera: [1, -1, 0, 0, 1, 0, 0, 0, 1] }] },
      'Expected rows with a positive sum for colour.0.srgbFromCamera in cam.json',
    ],
    'with a falling linearisation': [{ linearisation: [9, 0] }, 'Expected values that never fall for linearisation in cam.json'],
    'with a flat linearisation': [{ linearisation: [0, 0] }, 'Expected values that rise for linearisation in cam.json'],
    'with a polynomial that falls': [
      { linearisationPolynomial: [0, 1000, -900] },
      'Expected coefficients of a curve that rises from DN 0 to the largest for linearisationPolynomial in cam.json',
    ],
    'with a table and a polynomial': [
      { linearisation: [0, 1023], linearisationPolynomial: [0, 1023] },
      'Expected a table or a polynomial for linearisation in cam.json but received both',
    ],
    'with a white level beyond its bits': [
      { bits: 10, whiteLevel: 4095 },
      'Expected at most 1023 (10 bits) for whiteLevel in cam.json but received 4095',
    ],
    'with points in disorder': [
      { noise: [1, 4, 2].map((gain) => ({ gain, slope: 1, offset: 1 })) },
      'Expected points in ascending order for noise in cam.json but received 2',
    ],
    'with a defect beside the sensor': [
      {
        defects: {
          width: 4,
          height: 2,
          positions: [
            [1, 3],
            [2, 0],
          ],
        },
      },
      'Expected positions within 4x2 for defects in cam.json but received 2, 0',
    ],
  };
  for (const [name, [content, message]] of Object.entries(fields)) {
    it(name, () => expect(() => parsed(content)).toThrow(message));
  }

  it('that cannot be read, by its path', async () => {
    await expect(readTuning('/nowhere/cam.json')).rejects.toMatchObject({ code: 'tuning.unreadable', exitCode: 2 });
  });
});

describe('a tuning file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camera-lab-tuning-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('comes back as it was written', async () => {
    const path = join(folder, 'cam.json');
    const tuning = parsed({ whiteLevel: 1023, noise: [{ gain: 1, slope: 0.5, offset: 3 }], tone: { tone_contrast: 0.2 } });
    await writeTuning(path, tuning);
    expect(await readTuning(path)).toEqual(tuning);
  });

  it('of version 1 becomes points that hold everywhere', async () => {
    const path = join(folder, 'old.json');
    const sidecar = { width: 640, height: 480, cfa: 'GRBG', bits: 10, packing: 'unpacked', blackLevel: 64, whiteLevel: 1023 };
    await writeFile(path, JSON.stringify({ ...least, version: 1, ...sidecar, whiteBalance: [2, 1, 1.5] }));
    expect(await readTuning(path)).toEqual({
      ...least,
      cfa: 'GRBG',
      blackLevels: [{ gain: 1, levels: [64, 64, 64, 64] }],
      whiteLevel: 1023,
      colour: [{ cctKelvin: 6500, whiteBalance: [2, 1, 1.5] }],
    });
  });

  it('has its schema published beside the resources', async () => {
    const published = await readFile(new URL('../../../resources/tunings/tuning.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(tuningJsonSchema());
  });
});
