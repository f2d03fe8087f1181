import { describe, expect, it } from 'vitest';
import { renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import type { SensorDescription } from '../../../../main/frame/frame-meta.ts';
import { analysisBytes, analysisTask, readAnalysis } from '../../../../main/isp/raw-algo/analysis-task.ts';
import { decideCfaOrder, measureCfa } from '../../../../main/isp/raw-algo/cfa-order.ts';
import { findingsOf } from '../../../../main/isp/raw-algo/findings.ts';
import type { AlgoMosaic } from '../../../../main/isp/raw-algo/intent.ts';
import { decideRawAgain, recordsOf } from '../../../../main/isp/raw-algo/records.ts';
import { measureSensor, type SensorMeasurement } from '../../../../main/isp/raw-algo/sensor-analysis.ts';
import { decideRaw } from '../../../../main/isp/raw-algo.ts';
import { runTask } from '../../../../main/runtime/lane-tasks.ts';

const [width, height] = [320, 240];
const sensor: SensorDescription = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 };

/** The simulator has 0.1 DN an electron and half a DN² of read noise. */
const built = { slope: 0.1, offset: 0.5 };

function shoot(scene: string, sequence: number, settings: object = {}, described = sensor): AlgoMosaic {
  return { width, height, sensor: described, samples: renderFrame({ scene, width, height, sequence, settings }) };
}

/** Frames of a scene that lasts, with samples that are stuck at places of their own. */
function shots(scene: string, count: number, settings: object = {}, described = sensor): AlgoMosaic[] {
  return Array.from({ length: count }, (_, sequence) => shoot(scene, sequence, settings, described));
}

function withStuck(frames: readonly AlgoMosaic[], positions: readonly number[]): AlgoMosaic[] {
  for (const { samples } of frames) for (const position of positions) samples[position] = 900;
  return [...frames];
}

function find(frames: readonly AlgoMosaic[], measured: SensorMeasurement = measureSensor(frames)) {
  const newest = frames.at(-1) as AlgoMosaic;
  const findings = findingsOf(decideRaw(measured.inputs), measured, newest.sensor);
  return Object.fromEntries(findings.map((finding) => [finding.about, finding]));
}

describe('a single lit frame', () => {
  it('tells of order, white level and noise, and nothing of black levels and defects', () => {
    const found = find(shots('noise-patches', 1, { exposureMicros: 40_000 }, { ...sensor, noise: built }));
    expect(Object.keys(found).sort()).toEqual(['cfaOrder', 'clippingPoint', 'photonTransfer']);
    expect(found['clippingPoint']).toMatchObject({ verdict: 'agrees' });
    expect(found['photonTransfer']?.message).toContain('From the flat parts of one frame');
  });

  it('contradicts an order and a white level that are not its own, and says what to set', () => {
    const wrong: SensorDescription = { ...sensor, cfa: 'GRBG', whiteLevel: 900 };
    const found = find(shots('chart', 1, { exposureMicros: 60_000 }, wrong));
    expect(found['cfaOrder']).toMatchObject({ verdict: 'differs', action: expect.stringContaining('cfa of the tuning file') });
    expect(found['cfaOrder']?.message).toMatch(/RGGB or BGGR|BGGR or RGGB/);
    expect(found['clippingPoint']).toMatchObject({ verdict: 'differs', action: 'Set whiteLevel of the tuning file to 1023.' });
  });

  it('says what proves its order, and of a scene that does not, what to point the camera at', () => {
    const proved = find(shots('chart', 1));
    expect(proved['cfaOrder']).toMatchObject({ verdict: 'agrees', message: expect.stringMatching(/in \d+ of 36 parts/) });
    expect(proved['cfaOrder']?.message).toContain('BGGR has them there too');
    const open = find(shots('hdr', 1));
    expect(open['cfaOrder']).toMatchObject({ verdict: 'undecided', action: expect.stringContaining('strong colours') });
    expect(open['cfaOrder']?.message).toMatch(/^This scene does not prove .* \d+ for RGGB and \d+ against it/);
  });

  it.each(['chart', 'slanted-edge', 'dead-leaves', 'noise-patches', 'hdr', 'motion'])(
    'of %s is never said to have greens that it has not',
    (scene) => {
      const { decision } = decideCfaOrder(measureCfa(shoot(scene, 0, { exposureMicros: 4000 }, { ...sensor, cfa: 'GBRG' })));
      expect(decision?.diagonal ?? 'odd').toBe('odd');
    },
  );

  it('that shows nothing bright leaves the white level open', () => {
    expect(find(shots('chart', 1, { exposureMicros: 2000 }))['clippingPoint']).toMatchObject({ verdict: 'undecided' });
  });
});

describe('several frames', () => {
  it('tell the noise that the sensor was built with, and whether it is the known one', () => {
    const frames = shots('noise-patches', 2, {}, { ...sensor, noise: built });
    expect(find(frames)['photonTransfer']).toMatchObject({ verdict: 'agrees' });
    const points = measureSensor(frames).inputs.photonTransfer;
    const { decision } = decideRaw({ photonTransfer: points as NonNullable<typeof points> }).photonTransfer ?? {};
    expect(decision?.electronsPerDn).toBeGreaterThan(9);
    expect(decision?.electronsPerDn).toBeLessThan(11);
    const twice = frames.map((frame) => ({ ...frame, sensor: { ...sensor, noise: { slope: 0.2, offset: 1 } } }));
    expect(find(twice)['photonTransfer']).toMatchObject({ verdict: 'differs', message: expect.stringContaining('0.2') });
    const unknown = frames.map((frame) => ({ ...frame, sensor }));
    expect(find(unknown)['photonTransfer']?.message).toContain('nothing was known');
  });

  it('in the dark tell black levels and defects, and nothing that needs light', () => {
    const drifted: SensorDescription = { ...sensor, blackLevels: [60, 64, 64, 64] };
    const frames = withStuck(shots('flat-field', 3, { exposureMicros: 20, illuminanceLux: 0 }, drifted), [5000, 20_001]);
    const measured = measureSensor(frames);
    const found = find(frames, measured);
    expect(measured.isDark).toBe(true);
    expect(Object.keys(found).sort()).toEqual(['blackLevel', 'defectGrowth']);
    expect(found['blackLevel']).toMatchObject({ verdict: 'differs' });
    expect(found['blackLevel']?.message).toMatch(/black lies at 6[34]\.\d\d, 6[34]\.\d\d/);
    expect(found['defectGrowth']).toMatchObject({ verdict: 'differs' });
    expect(found['defectGrowth']?.message).toContain('2 samples stand out in all frames beside the 0 that are known');
    expect([...(measured.inputs.defectGrowth?.suspects ?? [])]).toEqual([5000, 20_001]);
    const rested = frames.map((frame) => ({ ...frame, sensor: { ...sensor, defects: Uint32Array.of(5000, 20_001) } }));
    expect(find(rested)).toMatchObject({ blackLevel: { verdict: 'agrees' }, defectGrowth: { verdict: 'agrees' } });
  });

  it('of a scene that stands still leave open what is a defect and what is detail', () => {
    const found = find(withStuck(shots('chart', 3, { motion: false }), [5000]));
    expect(found['defectGrowth']).toMatchObject({ verdict: 'undecided', action: expect.stringContaining('Move the camera') });
  });

  it('of a scene that moved tell defects by their staying', () => {
    // The camera moved by a cell and a half of the texture each time; the stuck sample did not.
    const wide = renderFrame({ scene: 'dead-leaves', width: 480, height, sequence: 0, settings: {} });
    const frames = [0, 40, 80, 120].map((left) => ({
      ...{ width, height, sensor },
      samples: Uint16Array.from({ length: width * height }, (_, at) => {
        return wide[Math.floor(at / width) * 480 + left + (at % width)] as number;
      }),
    }));
    const measured = measureSensor(withStuck(frames, [40_000]));
    expect(measured.hasMoved).toBe(true);
    const { suspects } = measured.inputs.defectGrowth ?? {};
    expect(suspects).toContain(40_000);
    // One sample in twenty of this texture stands out: of 76,800, half a one stays by chance.
    expect(suspects?.length).toBeLessThan(4);
    expect(find(frames, measured)['defectGrowth']).toMatchObject({ verdict: 'differs' });
  });

  it('of a blank wall with a stuck sample need not move', () => {
    expect(find(withStuck(shots('flat-field', 3), [7000]))['defectGrowth']).toMatchObject({ verdict: 'differs' });
  });

  it('two of which are too few to tell a defect', () => {
    expect(find(shots('flat-field', 2))['defectGrowth']).toMatchObject({ verdict: 'undecided' });
  });
});

describe('an analysis on a lane', () => {
  it.each([
    ['lit frames', {}, 6],
    ['a single one', {}, 3],
    ['dark frames', { exposureMicros: 20, illuminanceLux: 0 }, 4],
  ])('of %s says in even steps how much of it is done', (what, settings, steps) => {
    const shares: number[] = [];
    measureSensor(shots('flat-field', what === 'a single one' ? 1 : 3, settings), (share) => shares.push(share));
    expect(shares).toEqual(Array.from({ length: steps }, (_, step) => (step + 1) / steps));
  });

  it('is given up between frames', async () => {
    const frames = shots('chart', 3);
    const stop = (): void => {
      throw new Error('not wanted');
    };
    expect(() => measureSensor(frames, stop)).toThrow('not wanted');
  });

  it('comes back as it was measured, by the URL of its module', async () => {
    const frames = shots('chart', 3);
    const output = new Uint16Array(analysisBytes / 2);
    const inputs = frames.map(({ samples }) => samples);
    const slots = { inputs, outputs: [output] };
    const { bytes } = await runTask(analysisTask({ width, height, sensor }), slots, () => undefined);
    expect(readAnalysis(new Uint8Array(output.buffer, 0, bytes))).toEqual(measureSensor(frames));
  });

  it('leads to decisions that can be made again from what telemetry keeps of them', () => {
    for (const frames of [shots('chart', 3), shots('flat-field', 3, { exposureMicros: 20, illuminanceLux: 0 })]) {
      const records = recordsOf(decideRaw(measureSensor(frames).inputs));
      expect(records.length).toBeGreaterThanOrEqual(2);
      for (const record of records) {
        const { algorithm, inputs, intents } = JSON.parse(JSON.stringify(record));
        expect(decideRawAgain({ algorithm, inputs })).toEqual(intents);
      }
    }
    expect(() => decideRawAgain({ algorithm: 'exposure', inputs: {} })).toThrow('Expected a decision of RawAlgo');
  });
});
