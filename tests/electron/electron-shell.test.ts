import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { IpcMainInvokeEvent } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ResourceError } from '../../main/base/errors.ts';
import { runElectronShell } from '../../main/shell/electron/electron-shell.ts';
import { decodeFrameHeader, type FrameHeader, frameHeaderBytes } from '../../preload/frame-wire.ts';
import { ElectronDouble } from './electron-double.ts';
import { LabDouble } from './lab-double.ts';

const pageUrl = 'camera-lab://app/index.html';
const ownFrame = { url: pageUrl, parent: null };

let userData: string;
let electron: ElectronDouble;
let lab: LabDouble;

beforeEach(async () => {
  userData = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-electron-'));
  electron = new ElectronDouble(userData);
  lab = new LabDouble(electron.journal);
});

afterEach(() => rm(userData, { recursive: true, force: true }));

async function runShell(createLab = async () => ({ service: lab, close: () => lab.close() })): Promise<void> {
  await runElectronShell(electron, { createLab, rendererFolder: userData, preloadFile: path.join(userData, 'index.cjs') });
}

/** What Electron would make of a message from `senderId`'s frame. */
function eventFrom(senderFrame: { url: string; parent: unknown } | null = ownFrame, senderId = 7): IpcMainInvokeEvent {
  return { sender: { id: senderId }, senderFrame } as unknown as IpcMainInvokeEvent;
}

function callLab(event: IpcMainInvokeEvent, ...args: unknown[]): unknown {
  return electron.invokeHandlers.get('lab:call')?.(event, ...args);
}

const strangers: [string, IpcMainInvokeEvent][] = [
  ['another window', eventFrom(ownFrame, 8)],
  ['a page of another scheme', eventFrom({ url: 'https://app/index.html', parent: null })],
  ['a page of another host', eventFrom({ url: 'camera-lab://other/index.html', parent: null })],
  ['a blank page', eventFrom({ url: 'about:blank', parent: null })],
  ['a frame without an address', eventFrom({ url: '', parent: null })],
  ['a frame inside the page', eventFrom({ url: pageUrl, parent: {} })],
  ['a frame that is gone', eventFrom(null)],
];

describe('messages', () => {
  it.each(strangers)('refuses a call from %s', async (_who, event) => {
    await runShell();
    expect(await callLab(event, 'lab.describe', {})).toMatchObject({ ok: false, error: { code: 'shell.sender' } });
    expect(lab.calls).toEqual([]);
  });

  it.each(strangers)('opens no view for %s', async (_who, event) => {
    await runShell();
    electron.ipcEvents.emit('lab:view', event, 'main');
    expect(lab.views.size).toBe(0);
  });

  it.each([[undefined], [''], [7], ['x'.repeat(65)], [{ toString: () => 'main' }]])('opens no view named %j', async (viewId) => {
    await runShell();
    electron.ipcEvents.emit('lab:view', eventFrom(), viewId);
    expect(lab.views.size).toBe(0);
  });

  it('hands the page’s calls to the lab as they are', async () => {
    await runShell();
    expect(await callLab(eventFrom(), 'source.open', { sourceId: 'simulator' })).toEqual({ ok: true, result: 'called' });
    expect(lab.calls).toEqual([['source.open', { sourceId: 'simulator' }]]);
  });

  it('has one channel for calls', async () => {
    await runShell();
    expect([...electron.invokeHandlers.keys()]).toEqual(['lab:call']);
    expect(electron.ipcEvents.eventNames()).toEqual(['lab:view']);
  });

  it('sends events to the page until it is gone', async () => {
    await runShell();
    const notice = { code: 'lab.test', message: 'Hello', level: 'info' } as const;
    lab.announce('notice', notice);
    electron.window.webContents.destroyed = true;
    lab.announce('notice', notice);
    expect(electron.window.webContents.sent).toEqual([['lab:event', 'notice', notice]]);
  });
});

describe('the window', () => {
  it('is sandboxed, isolated and without Node', async () => {
    await runShell();
    expect(electron.window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      preload: path.join(userData, 'index.cjs'),
    });
    expect(electron.window.loaded).toEqual([pageUrl]);
  });

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('prevents %s', async (name) => {
    await runShell();
    expect(electron.window.webContents.prevents(name)).toBe(true);
  });

  it('opens no further window', async () => {
    await runShell();
    const details = { url: 'https://example.org' } as Parameters<
      NonNullable<typeof electron.window.webContents.windowOpenHandler>
    >[0];
    expect(electron.window.webContents.windowOpenHandler?.(details)).toEqual({ action: 'deny' });
  });

  it.each(['media', 'geolocation', 'clipboard-read', 'openExternal', 'notifications', 'usb', 'fullscreen'] as const)(
    'denies the permission %s',
    async (permission) => {
      await runShell();
      const contents = {} as Parameters<NonNullable<typeof electron.permissionRequestHandler>>[0];
      const answer = vi.fn();
      electron.permissionRequestHandler?.(contents, permission as 'media', answer, {} as never);
      expect(answer.mock.calls).toEqual([[false]]);
      expect(electron.permissionCheckHandler?.(null, permission, pageUrl, {} as never)).toBe(false);
    },
  );

  it('denies devices', async () => {
    await runShell();
    expect(electron.devicePermissionHandler?.()).toBe(false);
  });

  it('shows itself once the page has painted', async () => {
    await runShell();
    expect(electron.window.calls).toEqual([]);
    electron.window.emit('ready-to-show');
    expect(electron.window.calls).toEqual(['show']);
  });
});

describe('the window’s place', () => {
  const placement = { bounds: { x: 10, y: 20, width: 1200, height: 800 }, maximised: true };

  it('is remembered when it closes and taken up when it opens', async () => {
    await runShell();
    electron.window.emit('close');
    const file = path.join(userData, 'window.json');
    await vi.waitFor(async () => expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(placement));
    electron = new ElectronDouble(userData);
    await runShell();
    expect(electron.window.options).toMatchObject(placement.bounds);
    electron.window.emit('ready-to-show');
    expect(electron.window.calls).toEqual(['maximize', 'show']);
  });

  it.each([
    ['is no JSON', '{'],
    ['is of another shape', '{"bounds":{"x":"left"}}'],
    ['is too small to use', JSON.stringify({ ...placement, bounds: { x: 0, y: 0, width: 1, height: 1 } })],
    ['lies on a display that is gone', JSON.stringify({ ...placement, bounds: { x: 5000, y: 20, width: 1200, height: 800 } })],
  ])('is the default one where the file %s', async (_what, text) => {
    await mkdir(userData, { recursive: true });
    await writeFile(path.join(userData, 'window.json'), text);
    await runShell();
    expect(electron.window.options).toMatchObject({ width: 1600, height: 1000 });
    expect(electron.window.options.x).toBeUndefined();
  });
});

describe('views', () => {
  const header: FrameHeader = {
    frameId: 5,
    sequence: 9,
    width: 2,
    height: 1,
    parameterVersion: 3,
    capturedNs: 1n,
    finishedNs: 2n,
    payloadBytes: 8,
  };

  async function openView(viewId = 'main') {
    await runShell();
    electron.ipcEvents.emit('lab:view', eventFrom(), viewId);
    const view = lab.views.get(viewId);
    const channel = electron.channels.at(-1);
    if (view === undefined || channel === undefined) throw new Error('Expected a view and its channel but received none');
    return { view, channel };
  }

  it('hand the page its end of a new channel', async () => {
    const { channel } = await openView();
    expect(electron.window.webContents.received).toEqual([
      { channel: 'lab:view', message: { viewId: 'main' }, ports: [channel.port2] },
    ]);
    expect(channel.port1.started).toBe(true);
  });

  it('send header and pixels in one array, copied out of shared memory', async () => {
    const { view, channel } = await openView();
    const pixels = new Uint8Array(new SharedArrayBuffer(8));
    pixels.set([1, 2, 3, 4, 5, 6, 7, 8]);
    await view.sink.send(header, pixels);
    pixels.fill(0);
    const [frame] = channel.port1.posted as [Uint8Array];
    expect(frame.buffer).toBeInstanceOf(ArrayBuffer);
    expect(frame.buffer.byteLength).toBe(frameHeaderBytes + 8);
    expect(decodeFrameHeader(frame)).toEqual(header);
    expect([...frame.subarray(frameHeaderBytes)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('follow a change of the picture’s size', async () => {
    const { view, channel } = await openView();
    await view.sink.send(header, new Uint8Array(8));
    await view.sink.send({ ...header, width: 1, payloadBytes: 4 }, new Uint8Array(4));
    expect(channel.port1.posted.map((frame) => frame.buffer.byteLength - frameHeaderBytes)).toEqual([8, 4]);
  });

  it('end when the page lets go of its port', async () => {
    const { view, channel } = await openView();
    channel.port1.remoteCloses();
    expect(view.closed).toBe(true);
  });

  it('end when the page’s process is gone', async () => {
    const { view, channel } = await openView();
    electron.window.webContents.emit('render-process-gone');
    expect([view.closed, channel.port1.closed]).toEqual([true, true]);
  });

  it('replace one of the same name, whose late end does not touch the new one', async () => {
    const { view, channel } = await openView();
    electron.ipcEvents.emit('lab:view', eventFrom(), 'main');
    expect([view.closed, channel.port1.closed]).toEqual([true, true]);
    channel.port1.remoteCloses();
    expect(lab.views.get('main')?.closed).toBe(false);
  });
});

describe('start and end', () => {
  it('registers its scheme and the sandbox before Electron is ready', async () => {
    await runShell();
    expect(electron.journal.slice(0, 3)).toEqual(['protocol.registerSchemesAsPrivileged', 'app.enableSandbox', 'app.ready']);
    expect(electron.schemes).toEqual([
      { scheme: 'camera-lab', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    expect([...electron.schemeHandlers.keys()]).toEqual(['camera-lab']);
  });

  it('leaves a second instance to the first, which comes to the front', async () => {
    await runShell();
    electron.window.minimised = true;
    electron.app.emit('second-instance');
    expect(electron.window.calls).toEqual(['restore', 'focus']);
    electron = new ElectronDouble(userData);
    electron.app.isFirstInstance = false;
    await runShell();
    expect(electron.journal).toEqual(['app.quit']);
    expect(electron.windows).toEqual([]);
  });

  it('drains the lab before it quits, once', async () => {
    await runShell();
    electron.ipcEvents.emit('lab:view', eventFrom(), 'main');
    const start = electron.journal.length;
    const quit = new Promise((resolve) => electron.app.once('will-quit', resolve));
    electron.app.emit('window-all-closed');
    electron.app.quit();
    await quit;
    expect(electron.journal.slice(start)).toEqual([
      'view main closed',
      'lab closing',
      'app.quit prevented',
      'app.quit prevented',
      'lab closed',
      'app.quit',
    ]);
  });

  it('tells why there is no lab and what to do, and ends with 1', async () => {
    await runShell(() => Promise.reject(new ResourceError('data.folder', 'The data folder is read-only', 'Choose another one')));
    expect(electron.errorBoxes).toEqual([['Camera Lab cannot start', 'The data folder is read-only\n\nChoose another one']]);
    expect(electron.app.exitCode).toBe(1);
  });

  it('closes the lab when its page cannot be loaded', async () => {
    electron.loadUrlError = new Error('ERR_FAILED');
    await runShell();
    expect(electron.journal).toContain('lab closed');
    expect(electron.errorBoxes).toEqual([['Camera Lab cannot start', 'ERR_FAILED']]);
    expect(electron.app.exitCode).toBe(1);
  });
});
