import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemFace } from '../../../main/camera/v4l2/device-face.ts';
import { openV4l2Camera } from '../../../main/camera/v4l2/v4l2-camera.ts';
import { type CameraDevice, listDevices, openDevice, type SourceChange } from '../../../native/v4l2-camera/index.ts';
import { RecordingSink } from '../../main/camera/recording-sink.ts';
import { cameraPath, openStill, record, smallSize, write } from './camera.ts';
import { v4l2Ctl } from './v4l2-ctl.ts';

const path = cameraPath(0);
/** V4L2_EVENT_SRC_CH_RESOLUTION, which is all that the driver knows. */
const resolution = 1;
/** V4L2_IN_ST_NO_SIGNAL. */
const noSignal = 2;
/** Values of vivid's controls of the signal. */
const [currentSignal, lostSignal] = [0, 1];

let camera: CameraDevice;
let changes: SourceChange[] = [];
let listener: (() => void) | undefined;

function changesOf(count: number): Promise<void> {
  return new Promise((resolve) => {
    listener = () => {
      if (changes.length >= count) resolve();
    };
    listener();
  });
}

/** Selects an input; the driver then takes another colour space, which it announces as a change at each input. */
async function select(prefix: string): Promise<number> {
  const inputs = await camera.inputs();
  const index = await inputNamed(prefix);
  await camera.selectInput(index);
  await changesOf(inputs.length);
  expect(changes.map(({ input }) => input).sort()).toEqual(inputs.map((input) => input.index));
  changes = [];
  return index;
}

async function inputNamed(prefix: string): Promise<number> {
  const input = (await camera.inputs()).find(({ name }) => name.startsWith(prefix));
  if (input === undefined) throw new Error(`Expected an input ${prefix} of vivid but found none`);
  return input.index;
}

async function statusOf(index: number): Promise<number | undefined> {
  return (await camera.inputs()).find((input) => input.index === index)?.status;
}

beforeEach(async () => {
  changes = [];
  camera = await openDevice(path, {
    onSourceChange: (change) => {
      changes.push(change);
      listener?.();
    },
  });
});

afterEach(async () => {
  listener = undefined;
  await camera.close();
  await v4l2Ctl(path, '--set-input=0');
});

describe('a signal that changes', () => {
  it('at HDMI is told with its input while the stream goes on, and new timings give the format of the next stream', async () => {
    const hdmi = await select('HDMI');
    // Small, because an emulated processor draws the whole signal, whatever is made of it.
    await v4l2Ctl(path, '--set-dv-bt-timings=cvt,width=640,height=480,fps=60');
    await camera.setFormat({ ...smallSize, fourcc: 'RG10' });
    const recording = await record(camera);
    await recording.atLeast(1);
    // The timings may have brought another colour space, which is told before any frame.
    changes = [];
    await write(camera, 'DV Timings Signal Mode', lostSignal);
    await changesOf(1);
    expect([changes, await statusOf(hdmi)]).toEqual([[{ input: hdmi, changes: resolution }], noSignal]);
    await recording.atLeast(recording.frames.length + 1);
    await write(camera, 'DV Timings Signal Mode', currentSignal);
    await changesOf(2);
    expect([changes[1], await statusOf(hdmi)]).toEqual([{ input: hdmi, changes: resolution }, 0]);
    await recording.atLeast(recording.frames.length + 1);
    await recording.stop();
    expect(recording.states.map(({ state }) => state)).toEqual(['streaming', 'stopped']);
    await v4l2Ctl(path, '--set-dv-bt-timings=cvt,width=800,height=600,fps=60');
    expect(await camera.format()).toMatchObject({ width: 800, height: 600 });
    await v4l2Ctl(path, '--set-dv-bt-timings=cvt,width=1280,height=720,fps=60');
  });

  it('at the tuner is told for every analogue input, and another standard gives another format', async () => {
    const [tuner, video] = [await select('TV'), await inputNamed('S-Video')];
    await write(camera, 'Standard Signal Mode', lostSignal);
    await changesOf(2);
    expect(changes.map(({ input }) => input).sort()).toEqual([tuner, video]);
    expect(Number(await statusOf(tuner)) & noSignal).toBe(noSignal);
    await write(camera, 'Standard Signal Mode', currentSignal);
    await changesOf(4);
    await v4l2Ctl(path, '--set-standard=ntsc');
    expect(await camera.format()).toMatchObject({ width: 720, height: 480 });
    await v4l2Ctl(path, '--set-standard=pal');
    expect(await camera.format()).toMatchObject({ width: 720, height: 576 });
  });
});

describe('the end of a stream', () => {
  // Only decoders announce it, so nothing but the driver in memory of tests/native tests what becomes of the event.
  it('is an event that this driver does not have, and streams go on without the subscription', async () => {
    const stdout = expect.stringContaining('VIDIOC_SUBSCRIBE_EVENT: failed: Invalid argument');
    await expect(v4l2Ctl(path, '--poll-for-event=eos')).rejects.toMatchObject({ stdout });
  });
});

describe('the lab’s camera', () => {
  it('starts its stream again where the signal of its input has changed and the format has not', async () => {
    await (await openStill(path, 'RG10')).close();
    const summary = (await listDevices()).find((device) => device.path === path);
    if (summary === undefined) throw new Error(`Expected ${path} in the list of devices`);
    await using lab = await openV4l2Camera(summary, systemFace);
    const sink = new RecordingSink(smallSize.width, smallSize.height, 8);
    await lab.start('320x180@10 RG10', sink);
    await sink.until(() => sink.frames.length >= 3);
    await v4l2Ctl(path, '--set-ctrl=colorspace=1');
    const startedAgain = () =>
      sink.frames.some(({ meta }, index) => meta.sequence < (sink.frames[index - 1]?.meta.sequence ?? 0));
    await sink.until(startedAgain);
    await lab.stop();
    expect([sink.failures, sink.slotsInUse]).toEqual([[], 0]);
    await v4l2Ctl(path, '--set-ctrl=colorspace=2');
  });
});
