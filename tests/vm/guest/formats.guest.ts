import { afterEach, describe, expect, it } from 'vitest';
import { type CameraDevice, openDevice } from '../../../native/v4l2-camera/index.ts';
import { cameraPath, capture, openStill, smallSize } from './camera.ts';
import { streamToFile, v4l2Ctl } from './v4l2-ctl.ts';

let camera: CameraDevice | undefined;

afterEach(async () => {
  await camera?.close();
  camera = undefined;
});

const mosaicsOf8Bits = ['BA81', 'GBRG', 'GRBG', 'RGGB', 'GREY'];
const mosaicsOf16Bits = [
  ...['BG10', 'GB10', 'BA10', 'RG10', 'Y10 '],
  ...['BG12', 'GB12', 'BA12', 'RG12', 'Y12 '],
  ...['BYR2', 'GB16', 'GR16', 'RG16', 'Y16 '],
];

/** Bytes of a row that are pixels, by plane of rows, for formats whose rows are kept as they are. */
const videoRows: Readonly<Record<string, readonly { readonly rowBytes: number; readonly rows: number }[]>> = {
  YUYV: [{ rowBytes: smallSize.width * 2, rows: smallSize.height }],
  UYVY: [{ rowBytes: smallSize.width * 2, rows: smallSize.height }],
  RGB3: [{ rowBytes: smallSize.width * 3, rows: smallSize.height }],
  BGR3: [{ rowBytes: smallSize.width * 3, rows: smallSize.height }],
  XR24: [{ rowBytes: smallSize.width * 4, rows: smallSize.height }],
  NV12: [
    { rowBytes: smallSize.width, rows: smallSize.height },
    { rowBytes: smallSize.width, rows: smallSize.height / 2 },
  ],
  NV16: [
    { rowBytes: smallSize.width, rows: smallSize.height },
    { rowBytes: smallSize.width, rows: smallSize.height },
  ],
};

/** Decodes a foreign mosaic sample by sample, in the slowest and plainest way. */
function samplesOf(bytes: Buffer, strideBytes: number, sampleBytes: 1 | 2, { width, height } = smallSize): Uint16Array {
  const samples = new Uint16Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      samples[y * width + x] = bytes.readUIntLE(y * strideBytes + x * sampleBytes, sampleBytes);
    }
  }
  return samples;
}

/** Cuts the padding off a foreign video frame. */
function rowsOf(bytes: Buffer, strideBytes: number, runs: readonly { rowBytes: number; rows: number }[]): Buffer {
  const kept: Buffer[] = [];
  let offset = 0;
  for (const { rowBytes, rows } of runs) {
    for (let row = 0; row < rows; row++, offset += strideBytes) kept.push(bytes.subarray(offset, offset + rowBytes));
  }
  return Buffer.concat(kept);
}

/** A frame of the addon after one that another program took of the same still picture. */
async function bothFrames(fourcc: string, strideBytes?: number) {
  const path = cameraPath(0);
  // Sets the controls that make the picture still, which stay when it is closed.
  await (await openStill(path, fourcc)).close();
  const wanted = { ...smallSize, fourcc, ...(strideBytes === undefined ? {} : { strideBytes }) };
  const foreign = await streamToFile(path, wanted);
  camera = await openStill(path, fourcc, strideBytes);
  const [own] = await capture(camera, 1);
  if (own === undefined) throw new Error('Expected a frame but received none');
  return { foreign, own, stride: foreign.strides[0] ?? 0 };
}

/** A picture of one colour would be equal under every wrong decoding. */
function distinctValues(content: Uint8Array | Uint16Array): number {
  return new Set(content).size;
}

describe('formats', () => {
  it('are those that v4l2-ctl lists, in its order', async () => {
    camera = await openDevice(cameraPath(0));
    const printed = await v4l2Ctl(cameraPath(0), '--list-formats');
    const listed = [...printed.matchAll(/^\s*\[\d+\]: '(.+)' \(/gm)].map((match) => match[1]);
    expect((await camera.formats()).map((format) => format.fourcc)).toEqual(listed);
  });

  it('have the sizes and intervals that v4l2-ctl lists', async () => {
    camera = await openDevice(cameraPath(0));
    const printed = await v4l2Ctl(cameraPath(0), '--list-framesizes=RG10');
    const listed = [...printed.matchAll(/Discrete (\d+)x(\d+)/g)].map((match) => [Number(match[1]), Number(match[2])]);
    const sizes = (await camera.formats()).find((format) => format.fourcc === 'RG10')?.sizes ?? [];
    expect(sizes.map((size) => [size.maximumWidth, size.maximumHeight])).toEqual(listed);
    const intervals = await v4l2Ctl(cameraPath(0), '--list-frameintervals=width=320,height=180,pixelformat=RG10');
    const rates = [...intervals.matchAll(/\((\d+\.\d+) fps\)/g)].map((match) => match[1]);
    const own = sizes[0]?.intervals.discrete.map(({ numerator, denominator }) => (denominator / numerator).toFixed(3));
    expect(own).toEqual(rates);
  });

  it('come back as what the driver made of a size it does not have', async () => {
    camera = await openDevice(cameraPath(0));
    const tried = await camera.tryFormat({ width: 321, height: 181, fourcc: 'RG10' });
    expect(tried).toMatchObject({ width: 320, height: 180, fourcc: 'RG10' });
    expect(await camera.setFormat({ width: 321, height: 181, fourcc: 'RG10' })).toEqual(tried);
    expect(await camera.format()).toEqual(tried);
  });
});

describe('pixels equal those of another program', () => {
  it.each(mosaicsOf8Bits)('in the 8-bit mosaic %s', async (fourcc) => {
    const { foreign, own, stride } = await bothFrames(fourcc);
    const expected = samplesOf(foreign.bytes, stride, 1);
    expect(distinctValues(expected)).toBeGreaterThan(2);
    expect(Buffer.compare(own.content, new Uint8Array(expected.buffer))).toBe(0);
  });

  it.each(mosaicsOf16Bits)('in the mosaic %s of 16-bit words', async (fourcc) => {
    const { foreign, own, stride } = await bothFrames(fourcc);
    const expected = samplesOf(foreign.bytes, stride, 2);
    expect(distinctValues(expected)).toBeGreaterThan(2);
    expect(Buffer.compare(own.content, new Uint8Array(expected.buffer))).toBe(0);
  });

  it.each(Object.keys(videoRows))('in the video format %s', async (fourcc) => {
    const { foreign, own, stride } = await bothFrames(fourcc);
    const expected = rowsOf(foreign.bytes, stride, videoRows[fourcc] ?? []);
    expect(distinctValues(expected)).toBeGreaterThan(2);
    expect(Buffer.compare(own.content, expected)).toBe(0);
  });

  it.each([
    ['RG10', 2],
    ['RGGB', 1],
  ] as const)('in %s with padded rows', async (fourcc, sampleBytes) => {
    const padded = smallSize.width * sampleBytes + 64;
    const { foreign, own, stride } = await bothFrames(fourcc, padded);
    expect(stride).toBe(padded);
    const expected = samplesOf(foreign.bytes, stride, sampleBytes);
    expect(Buffer.compare(own.content, new Uint8Array(expected.buffer))).toBe(0);
  });

  it('when the driver writes into the slots itself', async () => {
    const { own } = await bothFrames('RG12');
    if (camera === undefined) throw new Error('Expected an open camera');
    const [direct] = await capture(camera, 1, { memoryMode: 'user-pointer' });
    expect(Buffer.compare(direct?.content ?? new Uint8Array(), own.content)).toBe(0);
  });
});

describe('another input', () => {
  afterEach(async () => {
    await v4l2Ctl(cameraPath(0), '--set-input=0');
  });

  it('is refused where there is none', async () => {
    camera = await openDevice(cameraPath(0));
    await expect(camera.selectInput(99)).rejects.toMatchObject({ code: 'v4l2.invalid' });
  });

  it('has any size, the odd ones too, with the same pixels as another program gets', async () => {
    const path = cameraPath(0);
    await (await openStill(path, 'RG10')).close();
    camera = await openDevice(path);
    const inputs = await camera.inputs();
    const hdmi = inputs.find((input) => input.name.startsWith('HDMI'));
    if (hdmi === undefined) throw new Error('Expected an HDMI input of vivid but found none');
    await camera.selectInput(hdmi.index);
    expect((await camera.inputs()).filter((input) => input.selected)).toMatchObject([{ name: hdmi.name }]);
    const size = { width: 330, height: 201 };
    const { width, height } = await camera.setFormat({ ...size, fourcc: 'RG10' });
    const [own] = await capture(camera, 1);
    await camera.close();
    const foreign = await streamToFile(path, { fourcc: 'RG10', width, height });
    const expected = samplesOf(foreign.bytes, foreign.strides[0] ?? 0, 2, { width, height });
    expect(width).not.toBe(smallSize.width);
    expect(Buffer.compare(own?.content ?? new Uint8Array(), new Uint8Array(expected.buffer))).toBe(0);
  });
});
