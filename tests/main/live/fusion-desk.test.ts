import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SensorDescription } from '../../../main/frame/frame-meta.ts';
import { createLab, type Lab } from '../../../main/lab.ts';
import { exposureReading, FusionDesk } from '../../../main/live/fusion-desk.ts';
import type { CallName, CallRequest, CallResponse, ControlDescription, EventPayload } from '../../../preload/contract.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';
import { parseCsv } from '../telemetry/parse-csv.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { liveBenches } from './live-bench.ts';

async function streamingLab() {
  const dataFolder = temporaryFolder();
  const lab = await createLab({ shell: 'http', dataFolder, workerCount: 1 });
  onTestFinished(() => lab.close());
  const call = async <N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>> => {
    const outcome = await lab.service.call(name, payload);
    if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
    return outcome.result as CallResponse<N>;
  };
  await call('source.open', { sourceId: 'simulator:chart', modeId: '640x360@30' });
  return { lab, call, dataFolder };
}

/** Waits until that many more frames have been developed. */
async function developed(lab: Lab, count: number): Promise<void> {
  let left = count;
  await nextOf(lab.dispatcher.published, `${count} frames`, () => {
    left -= 1;
    return left === 0;
  });
}

describe('exposureReading', () => {
  const meta = (controls: Readonly<Record<string, number>>) => {
    return { sequence: 0, timestampNs: 0n, width: 2, height: 2, sensor: plainSensor, controls };
  };
  const control = (id: string, unit?: string): ControlDescription => ({
    id,
    label: id,
    group: 'Camera',
    type: 'integer',
    minimum: 0,
    maximum: 100,
    step: 1,
    defaultValue: 0,
    value: 0,
    readOnly: false,
    ...(unit === undefined ? {} : { unit }),
  });

  it('is 1 for a camera that says nothing of its exposure, and never 0', () => {
    expect(exposureReading([]).exposureOf(meta({}))).toBe(1);
    expect(exposureReading([control('exposure', 'µs')]).exposureOf(meta({ exposure: 0 }))).toBeGreaterThan(0);
  });

  it('multiplies the time by gains that are factors', () => {
    const { exposureOf, areComparable } = exposureReading([control('exposure', 'µs'), control('analogue_gain', '×')]);
    expect(exposureOf(meta({ exposure: 8000, analogue_gain: 2 }))).toBe(16_000);
    expect(areComparable(meta({ analogue_gain: 2 }), meta({ analogue_gain: 4 }))).toBe(true);
  });

  it('does not take a driver’s gain code for a factor, and compares no frames that differ in it', () => {
    const { exposureOf, areComparable } = exposureReading([control('exposure_time_absolute'), control('gain')]);
    expect([1000, 4000].map((time) => exposureOf(meta({ exposure_time_absolute: time, gain: 0 })))).toEqual([1000, 4000]);
    expect(areComparable(meta({ gain: 0 }), meta({ gain: 0 }))).toBe(true);
    expect(areComparable(meta({ gain: 0 }), meta({ gain: 32 }))).toBe(false);
  });
});

describe('what a merge announces', () => {
  const bench = liveBenches({ background: 1 });

  it('is the mosaic for as long as the announcement lasts, with the noise that its frames showed where nobody knows better', async () => {
    const lab = bench();
    const { stream, resources, threading, dispatcher, controls } = lab;
    const parts = { resources, threading, dispatcher, stream, controls: () => controls.controls() };
    const desk = new FusionDesk({ ...parts, folder: temporaryFolder() });
    const camera = await lab.streaming();
    expect([desk.newest(), desk.frames()]).toEqual([undefined, []]);
    for (let frame = 0; frame < 3; frame++) {
      camera.deliver();
      await lab.settled();
    }
    const heard: SensorDescription[] = [];
    desk.merged.subscribe(({ kind, meta, mosaic, sensorOf }) => {
      expect([kind, meta.sensor, mosaic.samples(4)[0]]).toEqual(['burst', camera.sensor, 1000 * 16]);
      heard.push(sensorOf(camera.sensor), sensorOf({ ...camera.sensor, noise: { slope: 2, offset: 8 } }));
    });
    await desk.merge({ kind: 'burst', frameCount: 2 });
    expect(desk.newest()?.meta.sequence).toBe(3);
    // A flat scene shows no curve: the merge assumes a well of 10,000 electrons and read noise of 1 DN. The scale is 16.
    const [unknown, known] = heard.map(({ noise }) => noise);
    expect(unknown?.slope).toBeCloseTo((((4000 - 256) / 10_000) * 16) / 2, 9);
    expect(unknown?.offset).toBe(256 / 2);
    expect(known).toEqual({ slope: (2 * 16) / 2, offset: (8 * 256) / 2 });
  });
});

describe('merging frames of the running stream', () => {
  it('is refused without a stream, and for more frames than are kept', async () => {
    const { call } = await streamingLab();
    await expect(call('fusion.merge', { kind: 'burst', frameCount: 9 })).rejects.toThrow('Expected 1 to 8 frames for a fusion');
    await call('stream.stop', {});
    await expect(call('fusion.merge', { kind: 'burst', frameCount: 2 })).rejects.toThrow('fusion.not-streaming: ');
  });

  it('writes a DNG that the lab opens as a camera, and leaves the stream running', async () => {
    const { lab, call, dataFolder } = await streamingLab();
    await developed(lab, 10);
    const states: EventPayload<'fusion.changed'>['state'][] = [];
    lab.service.subscribe((name, payload) => {
      if (name === 'fusion.changed') states.push((payload as EventPayload<'fusion.changed'>).state);
    });
    const merged = await call('fusion.merge', { kind: 'burst', frameCount: 8 });
    expect(states).toEqual(['created', 'reserved', 'selected', 'scheduled', 'done']);
    expect(merged.sequences).toHaveLength(8);
    expect(Math.min(...merged.weights)).toBeGreaterThan(0.5);
    expect(dirname(merged.path)).toBe(join(dataFolder, 'merged'));
    await developed(lab, 3);
    const state = await call('source.openFile', { path: merged.path });
    expect(state).toMatchObject({ phase: 'streaming', modes: [{ width: 640, height: 360 }] });
  });

  it('is developed with SlowISP to a picture beside the DNG, which is told with its path', async () => {
    const { lab, call } = await streamingLab();
    await developed(lab, 3);
    const told = new Promise<EventPayload<'notice'>>((resolve) => {
      lab.service.subscribe((name, payload) => {
        if (name === 'notice') resolve(payload as EventPayload<'notice'>);
      });
    });
    const merged = await call('fusion.merge', { kind: 'burst', frameCount: 2 });
    const picture = merged.path.replace('.dng', '.png');
    expect(await told).toMatchObject({ level: 'info', code: 'development.done', path: picture });
    expect(decode(await readFile(picture))).toMatchObject({ width: 640, height: 360, channels: 3, depth: 16 });
    const single = await call('development.start', {});
    expect(decode(await readFile(single.path))).toMatchObject({ width: 640, height: 360 });
  });

  it('is part of the session that is recorded meanwhile', async () => {
    const { lab, call } = await streamingLab();
    await developed(lab, 4);
    const { id: sessionId } = await call('recording.start', {});
    await call('fusion.merge', { kind: 'burst', frameCount: 2 });
    await call('recording.stop', {});
    const { files } = await call('session.export', { sessionId });
    const stageEvents = files.find(({ path }) => path.endsWith('stage-events.csv'))?.path as string;
    const rows = parseCsv(await readFile(stageEvents, 'utf8'));
    const column = (rows[0] as string[]).indexOf('stage');
    expect(rows.map((row) => row[column])).toEqual(expect.arrayContaining(['fast-isp', 'fusion-score', 'fusion-merge']));
  });
});

describe('merging exposures, and at the end of a stream', () => {
  it('takes the bracket that a scene of 15 EV needs, of which every exposure counts', async () => {
    const { lab, call } = await streamingLab();
    await call('source.open', { sourceId: 'simulator:hdr', modeId: '640x360@30' });
    await developed(lab, 3);
    const { sequences, weights } = await call('fusion.merge', { kind: 'bracket', frameCount: 'automatic' });
    expect(sequences).toHaveLength(3);
    // Most of the scene is a dark room, in which all exposures show the same.
    expect(Math.min(...weights)).toBeGreaterThan(0.4);
    const values = (await call('control.list', {})).map(({ id, value }) => [id, value]);
    expect(Object.fromEntries(values)).toMatchObject({ exposure: 10_000, analogue_gain: 1 });
  });

  it('ends with the stream, and begins anew with it', async () => {
    const { lab, call } = await streamingLab();
    await developed(lab, 9);
    // Whether the merge or the stop is faster is the machine's business: neither may hold the other up.
    const [merging] = await Promise.allSettled([call('fusion.merge', { kind: 'burst', frameCount: 8 }), call('stream.stop', {})]);
    if (merging.status === 'rejected') expect(String(merging.reason)).toContain('runtime.cancelled: ');
    await expect(call('fusion.merge', { kind: 'burst', frameCount: 1 })).rejects.toThrow('fusion.not-streaming: ');
    await call('stream.start', {});
    await developed(lab, 3);
    expect((await call('fusion.merge', { kind: 'burst', frameCount: 2 })).sequences).toHaveLength(2);
  });
});
