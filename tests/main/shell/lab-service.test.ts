import { describe, expect, it } from 'vitest';
import { InputError } from '../../../main/base/errors.ts';
import type { PublishedFrame } from '../../../main/runtime/completion-dispatcher.ts';
import { ResourceManager } from '../../../main/runtime/resource-manager.ts';
import type { ShownFrame } from '../../../main/runtime/view-port.ts';
import { type CallHandlers, ContractService } from '../../../main/shell/lab-service.ts';
import type { FrameHeader } from '../../../preload/frame-wire.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

interface ServiceBench {
  readonly service: ContractService;
  /** Calls that reached a handler, with their parsed payloads. */
  readonly handled: (readonly [name: string, payload: unknown])[];
  readonly shown: ShownFrame[];
  replaced: number;
}

/** A service whose handlers note what they are called with and answer with nothing, but for those given. */
function serviceBench(handlers: Partial<CallHandlers> = {}): ServiceBench {
  const handled: (readonly [string, unknown])[] = [];
  const noting = new Proxy(handlers, {
    ownKeys: () => ['parameter.set', 'source.openFile', 'session.export', 'recording.start', ...Object.keys(handlers)],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    get: (given, name: keyof CallHandlers) => given[name] ?? ((payload: unknown) => void handled.push([name, payload])),
  });
  const shown: ShownFrame[] = [];
  const bench: { service?: ContractService; replaced: number } = { replaced: 0 };
  const listener = { shown: (frame: ShownFrame) => void shown.push(frame), replaced: () => void bench.replaced++ };
  bench.service = new ContractService(noting as Omit<CallHandlers, 'view.acknowledge'>, listener);
  return Object.assign(bench as { service: ContractService; replaced: number }, { handled, shown });
}

describe('calls that are refused', () => {
  it.each(['', 'parameter', 'parameter.SET', 'toString', '__proto__', 'constructor'])('an unknown call: %j', async (name) => {
    const { service, handled } = serviceBench();
    expect(await service.call(name, {})).toEqual({
      ok: false,
      error: { code: 'contract.unknown-call', message: `Expected a call of the contract but received ${name}`, exitCode: 2 },
    });
    expect(handled).toEqual([]);
  });

  const geometry = { width: 64, height: 48, cfa: 'RGGB', bits: 10, blackLevel: 64, whiteLevel: 1023 };
  it.each([
    ['parameter.set', undefined, 'parameter.set'],
    ['parameter.set', 'fast-isp', 'parameter.set'],
    ['parameter.set', { values: {} }, 'parameter.set.processorId'],
    ['parameter.set', { processorId: 'fast-isp', values: [1] }, 'parameter.set.values'],
    ['parameter.set', { processorId: 'fast-isp', values: { exposure_ev: Number.NaN } }, 'parameter.set.values.exposure_ev'],
    ['parameter.set', { processorId: 'fast-isp', values: { exposure_ev: Number.POSITIVE_INFINITY } }, 'values.exposure_ev'],
    ['parameter.set', { processorId: 'fast-isp', values: { exposure_ev: [1] } }, 'parameter.set.values.exposure_ev'],
    ['parameter.applyLoadTime', { processorId: 'fast-isp', values: { strip_rows: null } }, 'applyLoadTime.values.strip_rows'],
    ['source.openFile', { path: 7 }, 'source.openFile.path'],
    ['source.openFile', { path: 'a', geometry: { ...geometry, width: 63 } }, 'source.openFile.geometry.width'],
    ['source.openFile', { path: 'a', geometry: { ...geometry, cfa: 'RGBW' } }, 'source.openFile.geometry.cfa'],
    ['session.export', { sessionId: 1.5 }, 'session.export.sessionId'],
    ['recording.start', { name: 'x'.repeat(201) }, 'recording.start.name'],
    ['view.acknowledge', { viewId: 'v', frameId: -1 }, 'view.acknowledge.frameId'],
  ])('%s with %j', async (name, payload, field) => {
    const { service, handled } = serviceBench();
    const outcome = await service.call(name, payload);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'contract.invalid-payload' } });
    expect(outcome).toHaveProperty('error.message', expect.stringMatching(/^Expected [^\n]+ for \S+ but received \S/));
    expect(outcome).toHaveProperty('error.message', expect.stringContaining(`${field} but received`));
    expect(handled).toEqual([]);
  });
});

describe('a payload that is refused', () => {
  const geometry = { width: 64, height: 48, cfa: 'RGGB', bits: 10, blackLevel: 64, whiteLevel: 1023 };
  it.each([
    ['parameter.set', null, 'an object for parameter.set but received null'],
    ['parameter.set', { processorId: 7 }, 'a text for parameter.set.processorId but received 7'],
    ['parameter.set', { values: {} }, 'a text for parameter.set.processorId but received nothing'],
    [
      'parameter.applyLoadTime',
      { processorId: 'fast-isp', values: { strip_rows: null } },
      'a number or a boolean or a text for parameter.applyLoadTime.values.strip_rows but received null',
    ],
    ['session.export', { sessionId: 1.5 }, 'a whole number for session.export.sessionId but received 1.5'],
    ['recording.start', { name: 'x'.repeat(201) }, /a length of at most 200 for recording.start.name but received "x{70,}…$/],
    [
      'source.openFile',
      { path: 'a', geometry: { ...geometry, width: 63 } },
      'a multiple of 2 for source.openFile.geometry.width but received 63',
    ],
    [
      'source.openFile',
      { path: 'a', geometry: { ...geometry, cfa: 'RGBW' } },
      'one of RGGB, GRBG, GBRG, BGGR for source.openFile.geometry.cfa but received "RGBW"',
    ],
    [
      'source.openFile',
      { path: 'a', geometry: { ...geometry, bits: 7 } },
      'at least 8 for source.openFile.geometry.bits but received 7',
    ],
  ])('is refused in one sentence: %s with %j', async (name, payload, sentence) => {
    const { service } = serviceBench();
    const message = sentence instanceof RegExp ? expect.stringMatching(sentence) : `Expected ${sentence}`;
    expect(await service.call(name, payload)).toMatchObject({ ok: false, error: { message } });
  });
});

describe('calls that are answered', () => {
  it('hand the parsed payload over, with defaults filled in and unknown fields left out', async () => {
    const { service, handled } = serviceBench();
    const geometry = { width: 64, height: 48, cfa: 'RGGB', bits: 10, blackLevel: 64, whiteLevel: 1023 };
    await service.call('source.openFile', { path: 'a.raw', geometry, colour: 'red' });
    expect(handled).toEqual([['source.openFile', { path: 'a.raw', geometry: { ...geometry, packing: 'unpacked' } }]]);
  });

  it('turn what a handler throws or rejects with into an outcome', async () => {
    const refuse = (): never => {
      throw new InputError('camera.gone', 'The camera is gone', 'Plug it in.');
    };
    const disk = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const { service } = serviceBench({ 'stream.start': refuse, 'stream.stop': () => Promise.reject(disk) });
    expect(await service.call('stream.start', {})).toEqual({
      ok: false,
      error: { code: 'camera.gone', message: 'The camera is gone', action: 'Plug it in.', exitCode: 2 },
    });
    expect(await service.call('stream.stop', {})).toEqual({
      ok: false,
      error: { code: 'system.ENOSPC', message: 'no space left' },
    });
  });
});

describe('events', () => {
  it('reach every listener in order until it leaves', () => {
    const { service } = serviceBench();
    const heard: string[] = [];
    const leave = service.subscribe((name) => void heard.push(`first ${name}`));
    service.subscribe((name) => void heard.push(`second ${name}`));
    service.announce('notice', { level: 'info', code: 'a.b', message: 'Something' });
    leave();
    leave();
    service.announce('control.changed', []);
    expect(heard).toEqual(['first notice', 'second notice', 'second control.changed']);
  });
});

/** Publishes frames of 2x2 pixels from a pool of its own. */
function frameSource(service: ContractService): { publish(frameId: number): void; slotsInUse(): number } {
  const resources = new ResourceManager();
  const { poolId } = resources.createPool('picture', 16, 8);
  return {
    slotsInUse: () => resources.usage(poolId).slotsInUse,
    publish: (frameId) => {
      const picture = resources.lease(poolId, 'dispatcher');
      if (!picture) throw new Error('Expected a free slot');
      picture.bytes(16).fill(frameId);
      const meta = { sequence: frameId + 100, timestampNs: 5n, width: 2, height: 2, sensor: plainSensor, controls: {} };
      const admission = { meta, picture, mosaic: picture, outputWidth: 2, outputHeight: 2 };
      const event = { frameId, stage: 'fast-isp', status: 'done', parameterVersion: 7, finishedNs: 9n };
      service.publish({ admission, event, picture } as unknown as PublishedFrame);
      picture.close();
    },
  };
}

/** A view that notes its frames; `settle` lets everything that has been offered go out. */
function notingView(): {
  frames: number[];
  headers: FrameHeader[];
  send(header: FrameHeader, pixels: Uint8Array): Promise<void>;
} {
  const view = {
    frames: [] as number[],
    headers: [] as FrameHeader[],
    send: async (header: FrameHeader, pixels: Uint8Array) => {
      view.headers.push(header);
      view.frames.push(pixels[0] as number);
    },
  };
  return view;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('views', () => {
  it('get header and pixels, at most two without an acknowledgement, and then the newest', async () => {
    const bench = serviceBench();
    const source = frameSource(bench.service);
    const view = notingView();
    bench.service.openView('main', view);
    for (const frameId of [1, 2, 3, 4, 5]) {
      source.publish(frameId);
      await settle();
    }
    expect(view.frames).toEqual([1, 2]);
    expect(bench.replaced).toBe(2);
    expect(view.headers[0]).toEqual({
      ...{ frameId: 1, sequence: 101, width: 2, height: 2, parameterVersion: 7 },
      ...{ capturedNs: 5n, finishedNs: 9n, payloadBytes: 16 },
    });
    expect(await bench.service.call('view.acknowledge', { viewId: 'main', frameId: 2 })).toEqual({ ok: true, result: {} });
    await settle();
    expect(view.frames).toEqual([1, 2, 5]);
    expect(bench.shown.map(({ frameId }) => frameId)).toEqual([2]);
    expect(source.slotsInUse()).toBe(0);
  });

  it('ignore an acknowledgement of an unknown view or frame', async () => {
    const bench = serviceBench();
    bench.service.openView('main', notingView());
    for (const [viewId, frameId] of [
      ['other', 1],
      ['main', 99],
    ] as const) {
      expect(await bench.service.call('view.acknowledge', { viewId, frameId })).toEqual({ ok: true, result: {} });
    }
    expect(bench.shown).toEqual([]);
  });
});

describe('a frame that a view replaces', () => {
  it('is counted once for all views, and not at all where one of them shows it', async () => {
    const bench = serviceBench();
    const source = frameSource(bench.service);
    const acknowledge = (viewId: string, frameId: number) => bench.service.call('view.acknowledge', { viewId, frameId });
    const quick: FrameHeader[] = [];
    const views = ['slow', 'slower'].map((viewId) => bench.service.openView(viewId, notingView()));
    for (const frameId of [1, 2, 3, 4, 5]) {
      source.publish(frameId);
      await settle();
    }
    expect(bench.replaced).toBe(2);
    bench.service.openView('quick', { send: async (header) => void quick.push(header) });
    for (const frameId of [6, 7, 8]) {
      source.publish(frameId);
      await settle();
      await acknowledge('quick', frameId);
    }
    expect(quick).toHaveLength(3);
    // The fifth waited in both slow views; 6 and 7 were shown by the quick one.
    expect(bench.replaced).toBe(3);
    for (const view of views) view.close();
    expect(bench.replaced).toBe(3);
  });
});

describe('views that come and go', () => {
  it('are replaced by a second one of the same id, which the close of the first does not touch', async () => {
    const bench = serviceBench();
    const source = frameSource(bench.service);
    const [first, second] = [notingView(), notingView()];
    const handle = bench.service.openView('main', first);
    bench.service.openView('main', second);
    source.publish(1);
    await settle();
    handle.close();
    handle.close();
    source.publish(2);
    await settle();
    expect({ first: first.frames, second: second.frames }).toEqual({ first: [], second: [1, 2] });
  });

  it('hold no slot and get nothing once they are closed', async () => {
    const bench = serviceBench();
    const source = frameSource(bench.service);
    const view = notingView();
    bench.service.openView('main', view);
    for (const frameId of [1, 2, 3]) source.publish(frameId);
    bench.service.closeViews();
    await settle();
    source.publish(4);
    await settle();
    expect(view.frames).not.toContain(4);
    expect(source.slotsInUse()).toBe(0);
  });

  it('go on after a shell that could not send', async () => {
    const bench = serviceBench();
    const source = frameSource(bench.service);
    const view = notingView();
    let broken = true;
    bench.service.openView('main', {
      send: (header, pixels) => (broken ? Promise.reject(new Error('gone')) : view.send(header, pixels)),
    });
    for (const frameId of [1, 2, 3]) {
      source.publish(frameId);
      await settle();
    }
    broken = false;
    source.publish(4);
    await settle();
    expect(view.frames).toEqual([4]);
    expect(source.slotsInUse()).toBe(0);
  });
});
