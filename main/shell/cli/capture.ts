import { readFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import type { Format, StreamCounters } from '../../../native/v4l2-camera/index.ts';
import { InputError, messageOf, ResourceError } from '../../base/errors.ts';
import { productVersion } from '../../base/product.ts';
import { writeNew } from '../../base/write-whole.ts';
import { systemFace, type V4l2Device, type V4l2Face } from '../../camera/v4l2/device-face.ts';
import { deviceErrorFrom } from '../../camera/v4l2/v4l2-errors.ts';
import { encodeDng } from '../../recording/dng-writer.ts';
import { type FrameRecord, FrameStore } from '../../recording/frame-store.ts';
import { MjpegDecoder } from '../../recording/mjpeg-decoder.ts';
import { ControlLog } from './capture-controls.ts';
import { configureDevice, findDevice, openChosen } from './capture-device.ts';
import { type CaptureOptions, requireLevels, requireOptions } from './capture-options.ts';
import { type CaptureOutcome, captureFrames } from './capture-stream.ts';
import { EndSignal } from './end-signal.ts';
import type { CommandOutput } from './output.ts';

/**
 * `lab capture`: every frame of a device into a folder, as it came. Ctrl-C ends it with what is stored by then. Frames that were
 * lost are counted, and make the command fail after everything is stored; so does a camera or a disk that fails on the way, after
 * what is safe has its summary and its pictures.
 */
export async function runCapture(options: CaptureOptions, output: CommandOutput, face: V4l2Face = systemFace): Promise<void> {
  requireOptions(options);
  using end = new EndSignal();
  const found = await findDevice(face, options.device);
  const startedAt = new Date();
  try {
    const { format, store, outcome } = await captureFrom(found.path, options, face, end);
    const { failure, ...counts } = outcome;
    const result = {
      device: { path: found.path, name: found.name, identity: found.identity },
      format: { fourcc: format.fourcc.trim(), width: format.width, height: format.height },
      startedAt: startedAt.toISOString(),
      folder: options.output,
      wanted: options.frames,
      ...counts,
      ...(failure === undefined ? {} : { failure: messageOf(failure) }),
    };
    const addAll = () => addPictures(store, format, found.name, startedAt, options);
    const stored = await (failure === undefined ? withPictures(store, result, addAll) : withWhatFits(store, result, addAll));
    output.result(options.json ? JSON.stringify(stored, null, 2) : sentenceOf(stored));
    if (failure !== undefined) throw failure;
    requireNoLoss(outcome, options.output);
  } catch (thrown) {
    throw deviceErrorFrom(thrown, found.name);
  }
}

/** The summary last, because it tells of the pictures; without their count where they cannot be made. */
async function withPictures<T extends FrameRecord>(
  store: FrameStore,
  result: T,
  addAll: () => Promise<number | undefined>,
): Promise<T & { readonly badFrames?: number }> {
  try {
    const badFrames = await addAll();
    const complete = { ...result, ...(badFrames === undefined ? {} : { badFrames }) };
    await store.writeSummary(complete);
    return complete;
  } catch (thrown) {
    await store.writeSummary(result).catch(() => undefined);
    throw thrown;
  }
}

/** After a failure: the summary first, before pictures take the last room. What fails as well follows from the first failure. */
async function withWhatFits<T extends FrameRecord>(store: FrameStore, result: T, addAll: () => Promise<unknown>): Promise<T> {
  await store.writeSummary(result).catch(() => undefined);
  await addAll().catch(() => undefined);
  return result;
}

async function captureFrom(
  path: string,
  options: CaptureOptions,
  face: V4l2Face,
  end: EndSignal,
): Promise<{ format: Format; store: FrameStore; outcome: CaptureOutcome }> {
  const log = new ControlLog();
  const device = await openChosen(face, path, { onControlChange: (change) => void log.take(change) });
  try {
    const format = await configureDevice(device, options);
    requirePictures(format, options);
    requireLevels(format, options);
    const store = await FrameStore.open(options.output, {
      ...format,
      ...(options.black === undefined ? {} : { blackLevel: options.black }),
      ...(options.white === undefined ? {} : { whiteLevel: options.white }),
    });
    try {
      await log.read(device);
      const { frames } = options;
      const task = { device, format, frames, writer: store, controls: () => log.values, asked: end.asked };
      return { format, store, outcome: await captureFrames(task) };
    } catch (thrown) {
      await store.discardIfEmpty();
      throw thrown;
    }
  } finally {
    await closed(device);
  }
}

/** Closing what has been unplugged may fail: what the capture came to matters more. */
async function closed(device: V4l2Device): Promise<void> {
  await device.close().catch(() => undefined);
}

function requirePictures({ fourcc }: Format, { decode }: CaptureOptions): void {
  if (!decode || fourcc === 'MJPG' || fourcc === 'JPEG') return;
  throw new InputError(
    'capture.decode',
    `Expected a JPEG format with --decode but received ${fourcc.trim()}`,
    'Leave --decode out.',
  );
}

/** Made after the capture, so that the disk has only the frames to take while it runs. Returns the JPEGs that were damaged. */
async function addPictures(
  store: FrameStore,
  format: Format,
  cameraModel: string,
  takenAt: Date,
  options: CaptureOptions,
): Promise<number | undefined> {
  if (store.mosaic !== undefined && options.dng) await addDngs(store, format, cameraModel, takenAt, options);
  return options.decode ? decodeFrames(store) : undefined;
}

async function addDngs(
  store: FrameStore,
  { width, height }: Format,
  cameraModel: string,
  takenAt: Date,
  { black = 0, white }: CaptureOptions,
): Promise<void> {
  const { cfa, bits } = store.mosaic ?? {};
  if (cfa === undefined || bits === undefined) return;
  const sensor = { cfa, blackLevels: [black, black, black, black] as const, whiteLevel: white ?? 2 ** bits - 1 };
  for (let frame = 1; frame <= store.stored; frame++) {
    const bytes = await readFile(store.path(frame));
    const samples = bits === 8 ? Uint16Array.from(bytes) : wordsIn(bytes);
    const origin = { cameraModel, software: `Camera Lab ${productVersion}`, takenAt };
    await writeNew(store.path(frame, 'dng'), encodeDng({ samples, width, height, sensor }, origin));
  }
}

/** The stored samples, which are little-endian on every machine. */
function wordsIn(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Uint16Array(bytes.length / 2);
  for (let index = 0; index < samples.length; index++) samples[index] = view.getUint16(2 * index, true);
  return samples;
}

async function decodeFrames(store: FrameStore): Promise<number> {
  await using decoder = new MjpegDecoder();
  for (let frame = 1; frame <= store.stored; frame++) {
    const jpeg = await readFile(store.path(frame));
    // A damaged frame is counted by the decoder and stays as the JPEG it is; anything else ends the command.
    const picture = await decoder.decode(jpeg).catch((thrown: unknown) => {
      if (!(thrown instanceof InputError)) throw thrown;
      return undefined;
    });
    if (picture === undefined) continue;
    const { width, height, rgb } = picture;
    await writeNew(store.path(frame, 'png'), encode({ width, height, data: rgb, channels: 3, depth: 8 }));
  }
  return decoder.badFrames;
}

function sentenceOf(result: {
  readonly format: { readonly fourcc: string; readonly width: number; readonly height: number };
  readonly folder: string;
  readonly stored: number;
  readonly wanted: number;
  readonly lost: number;
  readonly counters: Pick<StreamCounters, 'restarts'>;
  readonly badFrames?: number;
}): string {
  const { fourcc, width, height } = result.format;
  const count = result.stored < result.wanted ? `${result.stored} of ${result.wanted}` : String(result.stored);
  const { restarts } = result.counters;
  const lost = result.lost === 0 ? 'none lost' : restarts === 0 ? `${result.lost} lost` : unknownLoss(restarts);
  const damaged = result.badFrames === undefined ? '' : `, ${result.badFrames} damaged`;
  return `Stored ${count} frames of ${width}x${height} ${fourcc} in ${result.folder}, ${lost}${damaged}.`;
}

function unknownLoss(restarts: number): string {
  return `an unknown number of frames was lost in ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
}

function requireNoLoss({ stored, lost, counters }: CaptureOutcome, folder: string): void {
  if (lost === 0) return;
  const { late, noFreeSlot, driverGaps, bad, restarts } = counters;
  const message =
    restarts === 0
      ? `Expected every frame but ${lost} of ${stored + lost} are missing between those in ${folder}`
      : `Expected every frame but ${unknownLoss(restarts)} between those in ${folder}`;
  const why = `The driver skipped ${driverGaps} and marked ${bad} as faulty; ${late + noFreeSlot} came faster than they could be stored`;
  throw new ResourceError('capture.frames-lost', message, `${why}. Choose a lower rate, a smaller size or a faster disk.`);
}
