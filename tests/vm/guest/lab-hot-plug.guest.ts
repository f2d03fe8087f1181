import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type Lab } from '../../../main/lab.ts';
import type { CallName, CallRequest, CallResponse, StreamState } from '../../../preload/contract.ts';
import { cameraPath } from './camera.ts';
import { readControl, v4l2Ctl } from './v4l2-ctl.ts';

const driverFolder = '/sys/bus/platform/drivers/vivid';
/** The host's driver serves others too; only a guest's may be torn out. */
const isGuest = process.env.CAMERA_LAB_GUEST !== undefined;
const modeId = '320x180@5 RG10';

let folder = '';
let lab: Lab;

/** Asks the lab as a shell does. */
async function ask<N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>> {
  const outcome = await lab.service.call(name, payload);
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return outcome.result as CallResponse<N>;
}

/** Resolves with the first announced state of that phase. */
function entered(phase: StreamState['phase']): Promise<StreamState> {
  const { promise, resolve } = Promise.withResolvers<StreamState>();
  const unsubscribe = lab.stream.stateChanged.subscribe((state) => {
    if (state.phase === phase) resolve(state);
  });
  return promise.finally(unsubscribe);
}

/** Resolves when another frame is developed. */
function developed(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = lab.dispatcher.published.subscribe(() => resolve());
  return promise.finally(unsubscribe);
}

async function contrast() {
  return (await ask('control.list', {})).find(({ id }) => id === 'contrast');
}

describe.skipIf(!isGuest)('a camera in the lab', () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-plug-'));
    lab = await createLab({ shell: 'http', dataFolder: folder });
  });

  afterAll(async () => {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows a change by another program at once', async () => {
    await ask('source.open', { sourceId: cameraPath(0), modeId });
    const other = Number(await readControl(cameraPath(0), 'brightness')) === 77 ? 78 : 77;
    const shown = Promise.withResolvers<void>();
    const unsubscribe = lab.service.subscribe<'control.changed'>((name, list) => {
      if (name !== 'control.changed') return;
      if (list.some(({ id, value }) => id === 'brightness' && value === other)) shown.resolve();
    });
    await v4l2Ctl(cameraPath(0), '-c', `brightness=${other}`);
    await shown.promise;
    unsubscribe();
    const brightness = (await ask('control.list', {})).find(({ id }) => id === 'brightness');
    expect(brightness?.value).toBe(other);
  });

  it('streams again after it was torn out and put back, in its format and with what the user asked of it', async () => {
    const node = cameraPath(0);
    await ask('control.set', { values: { contrast: 61 } });
    expect(await readControl(node, 'contrast')).toBe('61');
    await developed();
    const failed = entered('failed');
    writeFileSync(`${driverFolder}/unbind`, 'vivid.0');
    expect((await failed).error).toMatchObject({ code: 'camera.unplugged' });
    const streams = entered('streaming');
    writeFileSync(`${driverFolder}/bind`, 'vivid.0');
    expect(await streams).toMatchObject({ phase: 'streaming', modeId });
    await developed();
    expect(await contrast()).toMatchObject({ value: 61, desired: 61, drifted: false });
    expect(await readControl(node, 'contrast')).toBe('61');
    expect(await v4l2Ctl(node, '--get-fmt-video')).toMatch(/320\/180[\s\S]*'RG10'/);
  });
});
