import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../native/v4l2-camera/build.mjs';
import { type CameraDevice, closeDescriptor, openDevice } from '../../../native/v4l2-camera/index.ts';
import { cameraPath, capture, record, write } from './camera.ts';
import { v4l2Ctl } from './v4l2-ctl.ts';

const classFolder = '/sys/class/video4linux';
const program = path.resolve(import.meta.dirname, '../../native/dmabuf-output.cpp');
const fourcc = 'RGB3';
/** The first of the driver's list, and the smallest: 640x480. */
const timings = '--set-dv-bt-timings=index=0';
const pattern = { colourBars: 0, checkers: 10 } as const;

/** An instance of the driver that has a capture and an output node. */
interface Loop {
  readonly capture: string;
  readonly output: string;
}

/** Node and instance of every video node of the driver. */
function nodesOf(kind: 'cap' | 'out'): Map<string, string> {
  const nodes = readdirSync(classFolder).flatMap((node) => {
    const name = readFileSync(`${classFolder}/${node}/name`, 'utf8').trim();
    const instance = new RegExp(`^vivid-(\\d+)-vid-${kind}$`).exec(name)?.[1];
    return instance === undefined ? [] : ([[instance, `/dev/${node}`]] as const);
  });
  return new Map(nodes);
}

/** The first instance with both nodes, other than that of the camera that exports. */
function findLoop(exporter: string): Loop | undefined {
  const captures = nodesOf('cap');
  for (const [instance, output] of nodesOf('out')) {
    const node = captures.get(instance);
    if (node !== undefined && node !== exporter) return { capture: node, output };
  }
  return undefined;
}

let showing: ChildProcess | undefined;

afterEach(async () => {
  const child = showing;
  showing = undefined;
  if (child === undefined || child.exitCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
});

/** Opens a camera on its HDMI input, whose size that of the output can equal. */
async function openHdmi(node: string, testPattern: number): Promise<CameraDevice> {
  const camera = await openDevice(node);
  const input = (await camera.inputs()).find(({ name }) => name.startsWith('HDMI'));
  await camera.selectInput(input?.index ?? -1);
  await v4l2Ctl(node, timings);
  await camera.setFormat({ width: 640, height: 480, fourcc });
  await write(camera, 'OSD Text Mode', 2);
  await write(camera, 'Test Pattern', testPattern);
  return camera;
}

async function closeHdmi(camera: CameraDevice): Promise<void> {
  await write(camera, 'Test Pattern', pattern.colourBars);
  await camera.selectInput(0);
  await camera.close();
}

/** Starts the program that shows dma-bufs on an output node; resolves once it streams. */
async function show(output: string, descriptors: readonly number[]): Promise<void> {
  const child = spawn(await buildProgram(program), [output, String(descriptors.length)], {
    stdio: ['pipe', 'pipe', 'inherit', ...descriptors],
  });
  showing = child;
  const [said] = await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), once(child, 'close')]);
  expect(String(said)).toBe('streaming\n');
}

/** The newest of a few pictures: the first ones may be from before the signal was there. */
async function settledPicture(camera: CameraDevice): Promise<Uint8Array> {
  const frames = await capture(camera, 4);
  return frames.at(-1)?.content ?? new Uint8Array();
}

const exporterNode = cameraPath(1);
const loop = findLoop(exporterNode);

describe.skipIf(loop === undefined)('dma-bufs of one camera on an output node of another device', () => {
  const { capture: captureNode, output } = loop ?? { capture: '', output: '' };

  it('are refused where they are smaller than a picture of the output', async () => {
    await v4l2Ctl(output, '--set-output=1', timings, `--set-fmt-video-out=pixelformat=${fourcc}`);
    const camera = await openDevice(exporterNode);
    await camera.setFormat({ width: 320, height: 180, fourcc });
    const recording = await record(camera);
    const descriptors = await recording.stream.exportBuffers();
    await recording.stop();
    await camera.close();
    const child = spawn(await buildProgram(program), [output, String(descriptors.length)], {
      stdio: ['pipe', 'ignore', 'pipe', ...descriptors],
    });
    showing = child;
    const words: string[] = [];
    child.stderr?.on('data', (text) => words.push(String(text)));
    const [code] = await once(child, 'close');
    for (const descriptor of descriptors) closeDescriptor(descriptor);
    expect({ code, words: words.join('') }).toEqual({ code: 1, words: expect.stringMatching(/^VIDIOC_QBUF failed on .*EINVAL/) });
  });

  it('are shown without a copy: what it sends out comes in as the picture that the camera took', async () => {
    const exporter = await openHdmi(exporterNode, pattern.checkers);
    const recording = await record(exporter);
    // Twice the driver's buffers: every one was filled then.
    await recording.atLeast(8);
    const descriptors = await recording.stream.exportBuffers();
    await recording.stop();
    const picture = recording.frames.at(-1)?.content ?? new Uint8Array();
    await closeHdmi(exporter);

    const receiver = await openHdmi(captureNode, pattern.colourBars);
    const own = await settledPicture(receiver);
    await v4l2Ctl(output, '--set-output=1', timings, `--set-fmt-video-out=pixelformat=${fourcc}`);
    await write(receiver, 'Loop Video', true);
    await show(output, descriptors);
    for (const descriptor of descriptors) closeDescriptor(descriptor);
    const received = await settledPicture(receiver);
    await write(receiver, 'Loop Video', false);
    await closeHdmi(receiver);

    expect(picture.length).toBe(640 * 480 * 3);
    expect(Buffer.compare(own, picture)).not.toBe(0);
    expect(Buffer.compare(received, picture)).toBe(0);
  });
});
