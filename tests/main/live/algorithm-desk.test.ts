import { describe, expect, it } from 'vitest';
import { decideAgain } from '../../../main/isp/algo/decision.ts';
import { fastAlgorithms } from '../../../main/isp/fast-algo.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { algorithmBenches } from './algorithm-bench.ts';
import { ExposedCamera } from './exposed-camera.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const algorithmBench = algorithmBenches();

const evApart = (camera: ExposedCamera): number => Math.log2(camera.level / 0.18);

describe('the loop from statistics to exposure', () => {
  it.each([-4, 4])('brings a scene that is %d EV off to mid-grey within eight frames, and then rests', async (ev) => {
    const camera = new ExposedCamera();
    camera.light = 0.18 * 2 ** ev;
    const { parameters, decisionsOn } = await algorithmBench(camera);
    parameters.set({ ae_mode: 'mean' });
    for (let frame = 1; frame <= 8; frame++) await decisionsOn(camera);
    expect(Math.abs(evApart(camera))).toBeLessThan(1 / 6);
    const rested = { ...camera.set };
    for (let frame = 1; frame <= 4; frame++) await decisionsOn(camera);
    expect(camera.set).toEqual(rested);
  });

  it('collects light before it amplifies, and no longer than a frame lasts', async () => {
    const camera = new ExposedCamera();
    camera.light = 0.18 / 16;
    const { parameters, decisionsOn } = await algorithmBench(camera);
    parameters.set({ ae_mode: 'mean' });
    for (let frame = 1; frame <= 10; frame++) await decisionsOn(camera);
    expect(camera.set.exposure).toBeGreaterThan(33_000);
    expect(camera.set.exposure).toBeLessThanOrEqual(33_334);
    expect(camera.set.analogue_gain).toBeCloseTo((16 * 10_000) / camera.set.exposure, 0);
  });

  it('measures nothing while all is manual', async () => {
    const camera = new ExposedCamera();
    const { lab, decisions } = await algorithmBench(camera);
    const pools = lab.resources.usages().length;
    camera.expose();
    await lab.settled();
    expect([decisions, lab.resources.usages().length]).toEqual([[], pools]);
  });

  it('rests until the last of the operations that set exposures themselves has ended', async () => {
    const camera = new ExposedCamera();
    const { lab, desk, parameters, decisions, decisionsOn } = await algorithmBench(camera);
    parameters.set({ ae_mode: 'mean' });
    await decisionsOn(camera);
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = [desk.holdingExposure(() => first.promise), desk.holdingExposure(() => second.promise)];
    first.reject(new Error('the first one failed'));
    await expect(held[0]).rejects.toThrow('the first one failed');
    const before = decisions.length;
    camera.expose();
    await lab.settled();
    expect(decisions).toHaveLength(before);
    second.resolve();
    await held[1];
    expect(await decisionsOn(camera)).not.toEqual([]);
  });

  it('says so where the camera has no exposure time, and does nothing', async () => {
    const camera = new ScriptedCamera('webcam');
    const { parameters, notices } = await algorithmBench(camera);
    parameters.set({ ae_mode: 'mean' });
    expect(notices).toEqual(['Expected a camera whose exposure time can be set but webcam has none: auto exposure does nothing']);
  });
});

describe('the hand of the user', () => {
  it('gives a control up to auto exposure when that is chosen, and takes it back by moving it', async () => {
    const camera = new ExposedCamera();
    const { lab, parameters, decisionsOn } = await algorithmBench(camera);
    await lab.controls.set({ exposure: 100 });
    parameters.set({ ae_mode: 'mean' });
    for (let frame = 1; frame <= 9; frame++) await decisionsOn(camera);
    expect(Math.abs(evApart(camera))).toBeLessThan(1 / 6);
    await lab.controls.set({ exposure: 300 });
    expect(parameters.current.values).toMatchObject({ ae_mode: 'manual' });
    camera.expose();
    await lab.settled();
    expect(camera.set.exposure).toBe(300);
  });

  it('takes white balance back by moving a gain of the stage', async () => {
    const camera = new ExposedCamera();
    const { lab, parameters, decisionsOn } = await algorithmBench(camera);
    parameters.set({ awb_mode: 'grey-world' });
    await decisionsOn(camera);
    lab.parameters.set({ wb_red_gain: 3 });
    expect(parameters.current.values).toMatchObject({ awb_mode: 'manual' });
    expect(lab.parameters.current.values).toMatchObject({ wb_red_gain: 3 });
  });
});

describe('white balance', () => {
  it("makes a coloured light's grey neutral through the stage's own parameters", async () => {
    const camera = new ExposedCamera();
    camera.tint = [0.5, 0.8];
    const { lab, parameters, decisionsOn } = await algorithmBench(camera);
    parameters.set({ awb_mode: 'grey-world', awb_speed: 1 });
    for (let frame = 1; frame <= 3; frame++) await decisionsOn(camera);
    const { wb_red_gain, wb_blue_gain } = lab.parameters.current.values as ParameterValues & Record<string, number>;
    expect(wb_red_gain).toBeCloseTo(2, 1);
    expect(wb_blue_gain).toBeCloseTo(1.25, 1);
  });
});

describe('decisions', () => {
  it('can be made again from what telemetry keeps of them', async () => {
    const camera = new ExposedCamera();
    camera.light = 0.05;
    camera.tint = [0.5, 0.8];
    const { parameters, decisions, decisionsOn } = await algorithmBench(camera);
    parameters.set({ ae_mode: 'highlights', awb_mode: 'shades-of-grey' });
    for (let frame = 1; frame <= 4; frame++) await decisionsOn(camera);
    expect(new Set(decisions.map(({ algorithm }) => algorithm))).toEqual(new Set(['focus', 'exposure', 'white-balance']));
    for (const row of decisions) {
      const { algorithm, inputs, intents } = JSON.parse(JSON.stringify({ ...row, atNs: 0 }));
      expect(decideAgain(fastAlgorithms, { algorithm, inputs })).toEqual(intents);
    }
    expect(decisions.some(({ algorithm, intents }) => algorithm === 'exposure' && Object.keys(intents).length > 0)).toBe(true);
  });
});
