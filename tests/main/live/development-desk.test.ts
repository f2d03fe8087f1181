import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import type { FrameMeta, SensorDescription } from '../../../main/frame/frame-meta.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { DevelopmentDesk, type DevelopmentState } from '../../../main/live/development-desk.ts';
import { developmentDeclaration } from '../../../main/live/development-parameters.ts';
import type { MergedMosaic } from '../../../main/live/fusion-desk.ts';
import { runStage } from '../../../main/live/single-frame.ts';
import { TuningDesk } from '../../../main/live/tuning-desk.ts';
import { describeProcessor } from '../../../main/processor/define-processor.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import type { RingFrame } from '../../../main/runtime/fusion/frame-ring.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { seededRandom } from '../../support/synthetic-mosaic.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { type BenchOptions, liveBenches } from './live-bench.ts';
import type { ScriptedCamera } from './scripted-camera.ts';

const bench = liveBenches({ background: 1 });
/** Larger than the camera's frames: SlowISP needs room for its halo. */
const [width, height] = [96, 80];

/** Noise on a ramp: nothing of it is flat, so that every parameter shows. */
function mosaicSamples(): Uint16Array {
  const random = seededRandom(3);
  return Uint16Array.from({ length: width * height }, (_, index) => 400 + (index % width) * 40 + Math.floor(random() * 300));
}

async function developmentBench(options: BenchOptions = {}) {
  const lab = bench(options);
  const { resources, threading, dispatcher, stream, parameters: stageParameters } = lab;
  const parameters = new ParameterStore(developmentDeclaration.id, developmentDeclaration.params);
  const merged = new Announcer<MergedMosaic>();
  const folder = join(temporaryFolder(), 'developed');
  let newest: RingFrame | undefined;
  const desk = new DevelopmentDesk({
    ...{ resources, threading, dispatcher, stream, parameters, stageParameters, folder },
    backgroundModels: new ModelManager(threading.backgroundWorkers),
    fusion: { merged, newest: () => newest },
  });
  onTestFinished(() => desk.close());
  const states: DevelopmentState[] = [];
  const notices: string[] = [];
  desk.changed.subscribe((state) => states.push(state));
  desk.noticed.subscribe(({ message }) => notices.push(message));
  const camera: ScriptedCamera = await lab.streaming();
  const pool = resources.createPool('test', width * height * 2, 1);
  threading.attachPool(pool);
  const mosaic = resources.lease(pool.poolId, 'test');
  if (!mosaic) throw new Error('Expected a free slot');
  mosaic.samples(width * height).set(mosaicSamples());
  const meta: FrameMeta = { sequence: 7, timestampNs: 0n, width, height, sensor: camera.sensor, controls: { gain: 1 } };
  newest = { meta, mosaic };
  const merge = (sensorOf = (own: SensorDescription) => own, path = join(temporaryFolder(), 'burst.dng')): string => {
    merged.announce({ kind: 'burst', path, mosaic, meta, sensorOf });
    return path.replace('.dng', '.png');
  };
  const ended = (): Promise<DevelopmentState> =>
    nextOf(desk.changed, 'the end of a development', ({ state }) => ['done', 'failed', 'cancelled'].includes(state));
  const forgetFrame = (): void => {
    newest = undefined;
  };
  return { lab, desk, camera, parameters, states, notices, mosaic, merge, ended, folder, forgetFrame };
}

/** What SlowISP makes of the mosaic when it is run for itself on another lane. */
async function expectedPlanes(sensor: SensorDescription, values: ParameterValues) {
  const { planes } = await runStage(slowIsp, { width, height, samples: mosaicSamples(), sensor }, values, 1);
  return planes;
}

function png(path: string) {
  const { depth, channels, data, width: columns, height: rows } = decode(readFileSync(path));
  return { depth, channels, data, columns, rows };
}

it('has a word for every choice of its own', () => {
  const described = describeProcessor(developmentDeclaration).parameters;
  const choices = ['develop_balance', 'develop_depth'].map((name) => described.find((parameter) => parameter.name === name));
  expect(choices.map((choice) => choice?.options?.map(({ value, label }) => `${value}: ${label}`))).toEqual([
    ['live: As the live picture', 'own: Own gains'],
    ['8: 8 bit', '16: 16 bit'],
  ]);
});

describe('developing', () => {
  it('is refused where the stream has shown nothing, or where the folder cannot be made', async () => {
    const { desk, folder, states, forgetFrame } = await developmentBench();
    writeFileSync(folder, 'a file');
    await expect(desk.developNewest()).rejects.toThrow(`Expected a folder but ${folder} is a file`);
    forgetFrame();
    await expect(desk.developNewest()).rejects.toThrow('Expected a running stream with a frame to develop but received none');
    expect(states).toEqual([]);
  });

  it('writes a merge beside its DNG, to the bit what SlowISP makes of it, and then holds nothing', async () => {
    const { lab, camera, parameters, states, merge, ended } = await developmentBench();
    const merged = { ...camera.sensor, noise: { slope: 0.5, offset: 9 } };
    const pools = lab.resources.usages().length;
    const leases = lab.resources.openLeases().length;
    parameters.set({ local_tone: 0.4, nr_strength: 2 });
    const path = merge(() => merged);
    expect(await ended()).toMatchObject({ state: 'done', kind: 'burst', path });
    const picture = png(path);
    const { wb_red_gain, wb_blue_gain } = lab.parameters.current.values as Record<string, number>;
    const values = { ...parameters.current.values, wb_red_gain, wb_blue_gain } as ParameterValues;
    expect(picture).toMatchObject({ depth: 16, channels: 3, columns: width, rows: height });
    expect(picture.data).toEqual((await expectedPlanes(merged, values))['rgb16']);
    expect(new Set(states.map(({ state }) => state))).toEqual(
      new Set(['waiting', 'loading', 'developing', 'encoding', 'writing', 'done']),
    );
    const progress = states.map((state) => state.progress);
    expect([progress, progress.at(-1)]).toEqual([[...progress].sort((a, b) => a - b), 1]);
    expect([lab.resources.usages().length, lab.resources.openLeases().length]).toEqual([pools, leases]);
  });

  it('takes the white balance of the live picture, or its own, and writes 8 bits where it is asked to', async () => {
    const { lab, desk, camera, parameters } = await developmentBench();
    lab.parameters.set({ wb_red_gain: 3, wb_blue_gain: 1.25 });
    parameters.set({ wb_red_gain: 1, wb_blue_gain: 2, develop_depth: '8' });
    const own = parameters.current.values;
    for (const [choice, values] of [
      ['live', { ...own, wb_red_gain: 3, wb_blue_gain: 1.25 }],
      ['own', own],
    ] as const) {
      parameters.set({ develop_balance: choice });
      const { path } = await desk.developNewest();
      const { depth, channels, data } = png(path);
      expect([depth, channels]).toEqual([8, 4]);
      expect(data).toEqual((await expectedPlanes(camera.sensor, values))['rgba']);
    }
  });

  it('knows the camera by its tuning', async () => {
    const tunings = new TuningDesk(temporaryFolder());
    const blackLevels = [{ gain: 1, levels: [300, 310, 320, 330] as [number, number, number, number] }];
    const tuning = {
      ...{ format: 'camera-lab-tuning', version: 2, camera: 'scripted', blackLevels },
      noise: [{ gain: 1, slope: 2, offset: 40 }],
      noiseReduction: [{ gain: 1, values: { nr_strength: 2.5 } }],
    } as const;
    await tunings.keep({ id: 'scripted:scripted', name: 'scripted' }, tuning as never);
    const { desk, camera, parameters } = await developmentBench({ tunings });
    expect(parameters.current.values).toMatchObject({ nr_strength: 2.5 });
    const { path } = await desk.developNewest();
    const sensor = { ...camera.sensor, blackLevels: blackLevels[0]?.levels as never, noise: { slope: 2, offset: 40 } };
    expect(png(path).data).toEqual((await expectedPlanes(sensor, parameters.current.values))['rgb16']);
  });
});

describe('developing after a merge', () => {
  it('can be switched off', async () => {
    const { parameters, states, merge } = await developmentBench();
    parameters.set({ develop_merged: false });
    merge();
    expect(states).toEqual([]);
  });

  it('tells of a merge that could not be developed, and leaves what bears the name', async () => {
    const { merge, ended, notices } = await developmentBench();
    const dng = join(temporaryFolder(), 'burst.dng');
    const path = dng.replace('.dng', '.png');
    writeFileSync(path, 'somebody else');
    merge(undefined, dng);
    expect(await ended()).toMatchObject({ state: 'failed' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(notices).toEqual([`Expected a new file but ${path} exists already`]);
    expect(readFileSync(path, 'utf8')).toBe('somebody else');
  });
});

describe('several developments', () => {
  it('run one after the other, two at most, and each can be cancelled', async () => {
    const { lab, desk, states, mosaic } = await developmentBench();
    const leases = lab.resources.openLeases().length;
    const first = desk.developNewest();
    const second = desk.developNewest();
    await expect(desk.developNewest()).rejects.toThrow('Expected at most 2 developments at once but received another one');
    const [one, other] = [...new Set(states.map(({ developmentId }) => developmentId))];
    desk.cancel(other as number);
    await expect(second).rejects.toThrow(`Development ${other} was cancelled`);
    expect(await first).toMatchObject({ developmentId: one });
    desk.cancel(one as number);
    expect(states.filter(({ state }) => state === 'cancelled').map(({ developmentId }) => developmentId)).toEqual([other]);
    expect(states.some(({ developmentId, state }) => developmentId === other && state === 'loading')).toBe(true);
    expect(lab.resources.openLeases().length).toBe(leases);
    mosaic.close();
  });

  it('end with the desk, wherever they are', async () => {
    const { lab, desk, states } = await developmentBench();
    const leases = lab.resources.openLeases().length;
    const both = [desk.developNewest(), desk.developNewest()];
    await nextOf(desk.changed, 'strips at work', ({ state }) => state === 'developing');
    await desk.close();
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(states.filter(({ state }) => state === 'cancelled')).toHaveLength(2);
    expect(lab.resources.openLeases().length).toBe(leases);
  });
});
