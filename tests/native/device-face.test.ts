import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildAddon, obstacleToBuild } from '../../native/v4l2-camera/build.mjs';
import {
  allocateMemory,
  type DeviceChange,
  findHolders,
  listDevices,
  obstacle as obstacleToLoad,
  openDevice,
  reportAllocators,
  V4l2Error,
  watchDevices,
} from '../../native/v4l2-camera/index.ts';

const obstacle = obstacleToBuild();
let root = '';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'v4l2-face-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** What a rejected promise was rejected with. */
async function refusalOf(promise: Promise<unknown>): Promise<V4l2Error> {
  const refusal = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toBeInstanceOf(V4l2Error);
  return refusal as V4l2Error;
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

const reason = obstacle === undefined ? '' : `: skipped, ${obstacle}`;
beforeAll(async () => {
  if (obstacle === undefined) await buildAddon();
}, 300_000);

describe.skipIf(obstacle !== undefined)(`opening a device${reason}`, () => {
  it('loads', () => {
    expect(obstacleToLoad()).toBeUndefined();
  });

  it.each([
    ['', 'Expected a non-empty string for path but received ""'],
    ['/dev/video\0', 'Expected a non-empty string for path'],
    [7 as unknown as string, 'Expected a non-empty string for path but received 7'],
  ])('refuses to open %j', async (file, message) => {
    const refusal = await refusalOf(openDevice(file));
    expect(refusal.code).toBe('v4l2.argument');
    expect(refusal.message).toContain(message);
  });

  it('refuses a listener that cannot be called', async () => {
    const refusal = await refusalOf(openDevice('/dev/video0', { onUnplugged: 1 as unknown as () => void }));
    expect(refusal.message).toBe('Expected a function for onUnplugged but received 1');
  });

  it('names a device that is not there', async () => {
    const refusal = await refusalOf(openDevice(path.join(root, 'video0')));
    expect(refusal).toMatchObject({ code: 'v4l2.not-found', errno: 2 });
    expect(refusal.message).toContain('No such file or directory (ENOENT)');
  });

  it.each(['/dev/null', 'file'])('names %s as something else than a V4L2 device', async (file) => {
    write('file', '');
    const refusal = await refusalOf(openDevice(path.resolve(root, file)));
    expect(refusal).toMatchObject({ code: 'v4l2.not-a-v4l2-device', errno: 25 });
    expect(refusal.message).toContain('VIDIOC_QUERYCAP failed on');
  });
});

describe.skipIf(obstacle !== undefined)(`finding devices${reason}`, () => {
  it('lists nodes in the order of their numbers, with bus, serial and the reason why one cannot be asked', async () => {
    for (const [node, port] of [
      ['video10', '1-2'],
      ['video2', '1-1'],
    ]) {
      const usb = `sys/devices/pci0/usb1/${port}`;
      write(`${usb}/idVendor`, '046d\n');
      write(`${usb}/idProduct`, '085e\n');
      write(`${usb}/serial`, `S-${port}\n`);
      write(`${usb}/${port}:1.0/video4linux/${node}/name`, 'Brio\n');
      write(`${usb}/${port}:1.0/video4linux/${node}/index`, '0\n');
      symlinkSync('../..', path.join(root, usb, `${port}:1.0/video4linux/${node}/device`));
      mkdirSync(path.join(root, 'sys/class/video4linux'), { recursive: true });
      symlinkSync(
        `../../devices/pci0/usb1/${port}/${port}:1.0/video4linux/${node}`,
        path.join(root, 'sys/class/video4linux', String(node)),
      );
      write(`dev/${node}`, '');
    }
    const devices = await listDevices({ dev: path.join(root, 'dev'), sys: path.join(root, 'sys') });
    expect(devices.map((device) => path.basename(device.path))).toEqual(['video2', 'video10']);
    expect(devices[0]).toMatchObject({
      name: 'Brio',
      serial: 'S-1-1',
      usbIds: '046d:085e',
      busPath: 'pci0/usb1/1-1/1-1:1.0',
      identity: 'pci0/usb1/1-1/1-1:1.0|Brio|S-1-1|0',
    });
    expect(devices[0]?.failure).toBeInstanceOf(V4l2Error);
    expect(devices[0]?.failure?.code).toBe('v4l2.not-a-v4l2-device');
  });

  it('lists nothing where there are no cameras', async () => {
    expect(await listDevices({ dev: root, sys: root })).toEqual([]);
  });
});

describe.skipIf(obstacle !== undefined)(`watching devices${reason}`, () => {
  it('names the processes that hold a device', async () => {
    for (const [pid, target] of [
      ['4711', '/dev/video7'],
      ['4712', '/dev/video8'],
    ]) {
      write(`${pid}/comm`, 'obs\n');
      mkdirSync(path.join(root, `${pid}/fd`));
      symlinkSync(String(target), path.join(root, `${pid}/fd/3`));
    }
    expect(await findHolders('/dev/video7', { proc: root })).toEqual([{ pid: 4711, command: 'obs' }]);
  });

  it('announces video nodes that come and go, and nothing else', async () => {
    const changes: DeviceChange[] = [];
    const gone = Promise.withResolvers<void>();
    const watch = watchDevices(
      (change) => {
        changes.push(change);
        if (change.kind === 'removed') gone.resolve();
      },
      { dev: root },
    );
    write('sda1', '');
    write('video3', '');
    rmSync(path.join(root, 'video3'));
    await gone.promise;
    watch.close();
    watch.close();
    const node = path.join(root, 'video3');
    expect(changes[0]).toEqual({ kind: 'added', path: node });
    expect(changes.at(-1)).toEqual({ kind: 'removed', path: node });
    expect(changes.every((change) => change.path === node)).toBe(true);
  });

  it('ends with its worker while it watches', async () => {
    const face = new URL('../../native/v4l2-camera/index.ts', import.meta.url).href;
    const program = `import(${JSON.stringify(face)}).then(({ watchDevices }) => {
      watchDevices(() => undefined, { dev: ${JSON.stringify(root)} });
      const { parentPort } = require('node:worker_threads');
      // A watch keeps no thread alive, and this one is to be ended.
      parentPort.on('message', () => undefined);
      parentPort.postMessage('watching');
    });`;
    const worker = new Worker(program, { eval: true });
    const [message] = await once(worker, 'message');
    expect(message).toBe('watching');
    expect(await worker.terminate()).toBe(1);
  });

  it('refuses to watch a folder that is not there', () => {
    expect(() => watchDevices(() => undefined, { dev: path.join(root, 'none') })).toThrow('inotify failed on');
  });
});

describe.skipIf(obstacle !== undefined)(`allocating memory${reason}`, () => {
  it('reports which memory the machine gives, with the reason for what it lacks', () => {
    const reports = reportAllocators({ dev: root });
    expect(reports.map(({ name, available }) => [name, available])).toEqual([
      ['memfd', true],
      ['udmabuf', false],
      ['dma-heap', false],
    ]);
    expect(reports[1]?.reason).toContain('No such file or directory');
  });

  it('allocates sealed memory and closes it once', () => {
    const memory = allocateMemory('memfd', 8192);
    expect(fstatSync(memory.fd).size).toBe(8192);
    memory.close();
    expect(() => closeSync(memory.fd)).toThrow('EBADF');
    memory.close();
  });

  it('copies into memory and out of it, also into memory that threads share', () => {
    using memory = allocateMemory('memfd', 10_000);
    const source = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
    memory.write(4999, source);
    const target = new Uint8Array(new SharedArrayBuffer(5001));
    memory.read(4998, target);
    expect([target[0], target.subarray(1)]).toEqual([0, source]);
    memory.write(10_000, new Uint8Array(0));
    memory.read(0, new Uint8Array(0));
  });

  it('copies nothing beyond its end, before its beginning, or after it was closed', () => {
    const memory = allocateMemory('memfd', 100);
    expect(() => memory.write(98, new Uint8Array(3))).toThrow(
      'Expected at most 2 bytes from offset 98 on for source but received Uint8Array of 3 bytes',
    );
    expect(() => memory.read(-1, new Uint8Array(1))).toThrow(
      'Expected a whole number from 0 to 100 for byteOffset but received -1',
    );
    expect(() => memory.read(0, 'text' as never)).toThrow('Expected a Uint8Array for target');
    memory.close();
    expect(() => memory.read(0, new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'v4l2.closed' }));
    expect(() => memory.write(0, new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'v4l2.closed' }));
  });

  it.each([
    ['heap', 'Expected one of memfd, udmabuf for name but received "heap"'],
    ['dma-heap:../null', 'Expected one of memfd, udmabuf for name'],
  ])('refuses to allocate from %s', (name, message) => {
    expect(() => allocateMemory(name, 4096)).toThrow(message);
  });

  it('names the memory that the machine lacks', () => {
    expect(() => allocateMemory('udmabuf', 4096, { dev: root })).toThrow('(ENOENT)');
  });
});
