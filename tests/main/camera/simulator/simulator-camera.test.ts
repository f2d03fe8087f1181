import { encode } from 'fast-png';
import { afterEach, describe, expect, it } from 'vitest';
import type { Camera } from '../../../../main/camera/camera.ts';
import { groundTruth, renderFrame, simulatedFrameOf } from '../../../../main/camera/simulator/ground-truth.ts';
import { openSimulator, type SimulatorOptions } from '../../../../main/camera/simulator/simulator-camera.ts';
import { temporaryFiles } from '../file/temporary-files.ts';
import { ManualClock } from '../manual-clock.ts';
import { RecordingSink } from '../recording-sink.ts';

const smallMode = '640x360@30';
const intervalMillis = 1000 / 30 + 1;
const open: Camera[] = [];

function opened(options: SimulatorOptions = {}): { camera: Camera; clock: ManualClock; sink: RecordingSink } {
  const clock = new ManualClock();
  const camera = openSimulator({ clock, ...options });
  open.push(camera);
  return { camera, clock, sink: new RecordingSink(640, 360) };
}

afterEach(async () => {
  for (const camera of open.splice(0)) await camera.close();
});

describe('misuse', () => {
  it('refuses an unknown mode and lists the modes', async () => {
    const { camera, sink } = opened();
    await expect(camera.start('800x600@30', sink)).rejects.toMatchObject({ code: 'camera.unknown-mode', exitCode: 2 });
    await expect(camera.start('800x600@30', sink)).rejects.toThrow('1920x1080@30, 1920x1080@60, 1280x720@30, 640x360@30');
  });

  it('refuses an unknown control and lists the controls', async () => {
    await expect(opened().camera.writeControls(new Map([['iris', 1]]))).rejects.toThrow(
      /\(exposure, analogue_gain, readout, noise, colour_filters, illuminant, .*stuck_pixels\) but received iris/,
    );
  });

  it.each([
    ['exposure', 99, 'a whole number from 100 to 33000 µs for exposure but received 99'],
    ['exposure', 1000.5, 'a whole number from 100 to 33000 µs for exposure but received 1000.5'],
    ['analogue_gain', 17, 'a number from 1 to 16 × for analogue_gain but received 17'],
    ['illuminant', 3, 'one of 0 (Black body or daylight), 1 (Fluorescent), 2 (LED) for illuminant but received 3'],
    ['illuminant_cct', Number.NaN, 'a whole number from 2500 to 7500 K for illuminant_cct but received NaN'],
    ['lens_blur', 5.1, 'a number from 0 to 5 px for lens_blur but received 5.1'],
    ['motion', 0.5, 'a whole number from 0 to 1 for motion but received 0.5'],
  ])('refuses %s = %d, names the range and keeps the value', async (id, value, message) => {
    const { camera } = opened();
    const before = camera.controls();
    await expect(camera.writeControls(new Map([[id, value]]))).rejects.toThrow(message);
    expect(camera.controls()).toEqual(before);
  });

  it('refuses to start twice and after close', async () => {
    const { camera, sink } = opened();
    await camera.start(smallMode, sink);
    await expect(camera.start(smallMode, sink)).rejects.toThrow('start while streaming');
    await camera.close();
    await expect(camera.start(smallMode, sink)).rejects.toThrow('start after close');
  });
});

describe('streaming', () => {
  it('publishes frames with number, start of exposure, sensor and the controls that made them', async () => {
    const { camera, clock, sink } = opened();
    await camera.writeControls(new Map([['exposure', 5000]]));
    await camera.start(smallMode, sink);
    const startNs = clock.nowNs();
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === 1);
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === 2);
    const { meta, samples } = sink.frames[1] as (typeof sink.frames)[0];
    expect(meta).toMatchObject({ sequence: 1, width: 640, height: 360, sensor: camera.sensor });
    expect(Number(meta.timestampNs - startNs) / 1e6).toBeCloseTo(2000 / 30 - 5, 3);
    expect(meta.controls).toEqual({
      ...Object.fromEntries(camera.controls().map(({ id, defaultValue }) => [id, defaultValue])),
      exposure: 5000,
    });
    expect(Math.max(...samples.subarray(0, 10_000))).toBeGreaterThan(80);
    expect(sink.losses).toEqual([]);
  });

  it('applies a control to the very next frame', async () => {
    const { camera, clock, sink } = opened();
    await camera.writeControls(new Map([['motion', 0]]));
    await camera.start(smallMode, sink);
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === 1);
    expect(await camera.writeControls(new Map([['analogue_gain', 2]]))).toEqual(new Map([['analogue_gain', 2]]));
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === 2);
    const [before, after] = sink.frames.map(({ samples }) => samples.reduce((sum, sample) => sum + sample - 64, 0)) as [
      number,
      number,
    ];
    expect(after / before).toBeGreaterThan(1.7);
    expect(sink.frames.map(({ meta }) => meta.controls.analogue_gain)).toEqual([1, 2]);
  });
});

describe('modes and seeds', () => {
  it('shortens an exposure that does not fit the frame, and reports it', async () => {
    const { camera, clock } = opened();
    const sink = new RecordingSink(1920, 1080);
    await camera.start('1920x1080@60', sink);
    expect(await camera.writeControls(new Map([['exposure', 20_000]]))).toEqual(new Map([['exposure', 16_666]]));
    expect(camera.controls().find(({ id }) => id === 'exposure')?.value).toBe(16_666);
    clock.advance(17);
    await sink.until(() => sink.frames.length === 1);
    expect(sink.frames[0]?.meta.controls.exposure).toBe(16_666);
  });

  it('gives identical bytes for the same seed and others for another', async () => {
    const recorded = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const { camera, clock, sink } = opened({ seed });
        await camera.start(smallMode, sink);
        clock.advance(intervalMillis);
        await sink.until(() => sink.frames.length === 1);
        return sink.frames[0]?.samples;
      }),
    );
    expect(recorded[0]).toEqual(recorded[1]);
    expect(recorded[0]).not.toEqual(recorded[2]);
  });

  it('starts again in another mode after stop', async () => {
    const { camera, clock, sink } = opened();
    await camera.start(smallMode, sink);
    await camera.stop();
    const larger = new RecordingSink(1280, 720);
    await camera.start('1280x720@30', larger);
    clock.advance(intervalMillis);
    await larger.until(() => larger.frames.length === 1);
    expect(larger.frames[0]?.meta).toMatchObject({ sequence: 0, width: 1280, height: 720 });
  });
});

describe('losses', () => {
  it('counts a frame without a free slot and goes on', async () => {
    const { camera, clock } = opened();
    const sink = new RecordingSink(640, 360, 1);
    await camera.start(smallMode, sink);
    const held = sink.reserve();
    clock.advance(intervalMillis);
    expect(sink.losses).toEqual([['no-free-slot', 1]]);
    if (held) sink.abandon(held);
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === 1);
    expect(sink.frames[0]?.meta.sequence).toBe(1);
  });

  it('queues four frames behind the two in work and counts what falls due beyond', async () => {
    const { camera, clock } = opened();
    const sink = new RecordingSink(640, 360, 8);
    await camera.start(smallMode, sink);
    const lost = (): number => sink.losses.reduce((sum, [, count]) => sum + count, 0);
    clock.advance(6 * intervalMillis);
    expect([sink.slotsInUse, lost()]).toEqual([2, 0]);
    // The queue is looked at again five sixths of an interval after it was found full.
    clock.advance(3.9 * intervalMillis);
    expect([sink.slotsInUse, lost()]).toEqual([2, 3]);
    expect(new Set(sink.losses.map(([reason]) => reason))).toEqual(new Set(['source-late']));
    await sink.until(() => sink.frames.length === 2);
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === 3);
    expect(sink.frames.map(({ meta }) => meta.sequence)).toEqual([0, 1, 2 + lost()]);
  });

  it('makes up for two intervals in which the lab was blocked, with the times of the schedule', async () => {
    const { camera, clock } = opened();
    const sink = new RecordingSink(640, 360, 8);
    await camera.writeControls(new Map([['exposure', 1000]]));
    await camera.start(smallMode, sink);
    const startNs = clock.nowNs();
    clock.block(3 * intervalMillis);
    for (let frames = 1; frames <= 4; frames++) {
      await sink.until(() => sink.frames.length >= frames);
      clock.advance(0.85 * intervalMillis);
    }
    const millis = sink.frames.slice(0, 4).map(({ meta }) => Number(meta.timestampNs - startNs) / 1e6);
    expect(millis).toEqual([0, 1, 2, 3].map((k) => expect.closeTo(((k + 1) * 1000) / 30 - 1, 3)));
    expect(sink.losses).toEqual([]);
  });

  it('counts frames that passed while the lab was blocked for longer than its queue', async () => {
    const { camera, clock, sink } = opened();
    await camera.start(smallMode, sink);
    clock.block(9 * intervalMillis);
    expect(sink.losses).toEqual([['source-late', 5]]);
    await sink.until(() => sink.frames.length === 1);
    expect(sink.frames[0]?.meta.sequence).toBe(5);
  });
});

describe('ending', () => {
  it('waits at stop for the frames in work, gives their slots back and publishes nothing', async () => {
    const { camera, clock, sink } = opened();
    await camera.start(smallMode, sink);
    clock.advance(2 * intervalMillis);
    expect(sink.slotsInUse).toBe(2);
    await camera.stop();
    expect([sink.slotsInUse, sink.frames.length, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  it('can be closed twice', async () => {
    const { camera } = opened();
    await camera.close();
    await expect(camera.close()).resolves.toBeUndefined();
  });

  it('reports a render thread that dies once, gives the slots back and refuses to start again', async () => {
    const { camera, clock, sink } = opened({ renderWorker: new URL('./dying-worker.ts', import.meta.url) });
    await camera.start(smallMode, sink);
    clock.advance(2 * intervalMillis);
    await sink.until(() => sink.failures.length > 0);
    await camera.stop();
    expect(sink.failures).toHaveLength(1);
    expect(sink.failures[0]).toMatchObject({
      code: 'camera.simulator-crashed',
      message: "The simulator's render thread ended (the lamp fell over)",
      action: expect.stringContaining('Open the simulator again'),
    });
    expect([sink.slotsInUse, clock.pendingTimers]).toEqual([0, 0]);
    await expect(camera.start(smallMode, sink)).rejects.toMatchObject({ code: 'camera.simulator-crashed' });
  });
});

describe('scenes', () => {
  it('refuses one that there is not', () => {
    expect(() => openSimulator({ scene: 'moon' })).toThrow(/^Expected a scene of the simulator \(chart, .*\) but received moon/);
  });

  it('publishes what can be rendered without it, and its truth be told, from the metadata alone', async () => {
    const { camera, clock, sink } = opened({ scene: 'motion', cfa: 'GBRG', seed: 5 });
    const values = { exposure: 4000, illuminant: 2, lens_blur: 0.6, lateral_ca: 0.4, vignetting: 30, prnu: 1, flicker: 1 };
    const others = { readout: 9000, hot_pixels: 100, stuck_pixels: 50, colour_filters: 1, illuminance_lux: 1500 };
    await camera.writeControls(new Map(Object.entries({ ...values, ...others })));
    await camera.start(smallMode, sink);
    for (let count = 1; count <= 2; count++) {
      clock.advance(intervalMillis);
      await sink.until(() => sink.frames.length === count);
    }
    const { meta, samples } = sink.frames[1] as (typeof sink.frames)[0];
    const frame = simulatedFrameOf(camera.id, meta, 30, 5);
    expect(frame).toMatchObject({ scene: 'motion', cfa: 'GBRG', sequence: 1 });
    expect(samples).toEqual(renderFrame(frame));
    const truth = groundTruth(frame, 'lens');
    expect(truth.light.correlatedKelvin).toBeCloseTo(4410, -1);
    expect(truth.response().defects).toHaveLength(23 + 12);
    expect(truth.rowLight()[0]).not.toBe(truth.rowLight()[100]);
  });

  it('says which controls others have put out of effect', async () => {
    const { camera } = opened();
    const inactive = (): string[] => camera.controls().flatMap(({ id, inactive: isOut }) => (isOut ? [id] : []));
    expect(inactive()).toEqual(['flicker_depth']);
    await camera.writeControls(new Map([['illuminant', 1]]));
    await camera.writeControls(new Map([['flicker', 2]]));
    expect(inactive()).toEqual(['illuminant_cct']);
  });
});

describe('the picture of the user', () => {
  const files = temporaryFiles();
  const picture = (value: number): Uint8Array =>
    encode({ width: 4, height: 4, channels: 3, depth: 8, data: new Uint8Array(48).fill(value) });

  async function meanOfNext({ clock, sink }: ReturnType<typeof opened>): Promise<number> {
    const count = sink.frames.length + 1;
    clock.advance(intervalMillis);
    await sink.until(() => sink.frames.length === count);
    const samples = sink.frames[count - 1]?.samples as Uint16Array;
    return samples.reduce((sum, sample) => sum + sample - 64, 0) / samples.length;
  }

  it('is refused where it is none, with the path, and what was shown stays', async () => {
    const { camera } = opened({ scene: 'user-image' });
    await expect(camera.writeControls(new Map([['image_path', '/nowhere/rose.png']]))).rejects.toMatchObject({
      code: 'simulator.picture',
      exitCode: 2,
      message: expect.stringContaining('Expected a picture at /nowhere/rose.png but it cannot be read'),
    });
    const text = await files.write('rose.txt', new Uint8Array([1, 2, 3]));
    await expect(camera.writeControls(new Map([['image_path', text]]))).rejects.toThrow(`Expected a PNG for ${text}`);
    expect(camera.controls().find(({ id }) => id === 'image_path')?.value).toBe('');
  });

  it('is shown from the next frame on, also in the next stream, and taken away again', async () => {
    const bench = opened({ scene: 'user-image' });
    const { camera, sink } = bench;
    await camera.writeControls(new Map([['noise', 0]]));
    await camera.start(smallMode, sink);
    const asking = await meanOfNext(bench);
    const path = await files.write('white.png', picture(255));
    expect(await camera.writeControls(new Map([['image_path', path]]))).toEqual(new Map([['image_path', path]]));
    const white = await meanOfNext(bench);
    expect(white).toBeGreaterThan(2.5 * asking);
    expect(sink.frames.at(-1)?.meta.controls).not.toHaveProperty('image_path');
    await camera.stop();
    await camera.start(smallMode, sink);
    expect(await meanOfNext(bench)).toBe(white);
    await camera.writeControls(new Map([['image_path', '']]));
    expect(await meanOfNext(bench)).toBe(asking);
  });

  it('belongs to its scene alone', async () => {
    await expect(opened().camera.writeControls(new Map([['image_path', '']]))).rejects.toThrow('but received image_path');
  });
});
