import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs `v4l2-ctl`, the program that the addon is compared with, on a device; resolves to what it prints. */
export async function v4l2Ctl(device: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('v4l2-ctl', ['--device', device, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return stdout;
}

/** One frame as another program wrote it to a file, with the layout that it read from the driver. */
export interface ForeignFrame {
  readonly bytes: Buffer;
  /** Plane by plane, in bytes. */
  readonly strides: readonly number[];
}

/** What {@link streamToFile} asks the driver for. */
export interface ForeignFormat {
  readonly fourcc: string;
  readonly width: number;
  readonly height: number;
  readonly strideBytes?: number;
}

/** Lets `v4l2-ctl` set a format and stream one frame to a file, the first being skipped. */
export async function streamToFile(device: string, format: ForeignFormat): Promise<ForeignFrame> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-foreign-'));
  const file = path.join(folder, 'frame.raw');
  const stride = format.strideBytes === undefined ? '' : `,bytesperline=${format.strideBytes}`;
  const wanted = `width=${format.width},height=${format.height},pixelformat=${format.fourcc}${stride}`;
  try {
    const printed = await v4l2Ctl(
      device,
      ...[`--set-fmt-video=${wanted}`, '--get-fmt-video'],
      ...['--stream-mmap', '--stream-skip=1', '--stream-count=1', `--stream-to=${file}`],
    );
    const strides = [...printed.matchAll(/Bytes per Line\s*: (\d+)/g)].map((match) => Number(match[1]));
    return { bytes: readFileSync(file), strides };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A line of `--list-ctrls`: what it says of a control, with only the fields that it prints. */
export interface ForeignControl {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, bigint>>;
  readonly dimensions: readonly number[];
  /** As it is printed; absent for arrays, which {@link readArray} reads. */
  readonly value: string | undefined;
}

/** Every control as `v4l2-ctl --list-ctrls` lists it. */
export async function listControls(device: string): Promise<readonly ForeignControl[]> {
  const lines = (await v4l2Ctl(device, '--list-ctrls')).split('\n');
  return lines.flatMap((line) => {
    const match = /^\s*(\w+) (0x[0-9a-f]+) \((\w+)\)\s*: (.*)$/.exec(line);
    if (match === null) return [];
    const [, name = '', id = '', type = '', rest = ''] = match;
    const fields = [...rest.matchAll(/\b(min|max|step|default)=(-?(?:0x)?[0-9a-f]+)/g)];
    return {
      id: Number(id),
      name,
      type,
      fields: Object.fromEntries(fields.map(([, field = '', value = '']) => [field, BigInt(value)])),
      value: /\bvalue=('[^']*'|\S+)/.exec(rest)?.[1],
      dimensions: [...rest.matchAll(/\[(\d+)\]/g)].map((dimension) => Number(dimension[1])),
    };
  });
}

/** The elements of an array control as `v4l2-ctl --get-ctrl` prints them, row after row, by the name that it lists. */
export async function readArray(device: string, name: string): Promise<readonly number[]> {
  const lines = (await v4l2Ctl(device, `--get-ctrl=${name}`)).trim().split('\n');
  return lines.flatMap((line) =>
    line
      .slice(line.indexOf(':') + 1)
      .split(',')
      .map(Number),
  );
}

/** One control's value as `v4l2-ctl --get-ctrl` prints it, without the label of a menu. */
export async function readControl(device: string, name: string): Promise<string> {
  const printed = await v4l2Ctl(device, `--get-ctrl=${name}`);
  return printed
    .slice(printed.indexOf(':') + 1)
    .replace(/ \(.*\)\s*$/, '')
    .trim();
}
