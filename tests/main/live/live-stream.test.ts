import { describe, expect, it } from 'vitest';
import { ResourceError } from '../../../main/base/errors.ts';
import type { FrameSink } from '../../../main/camera/camera.ts';
import { ProfileStore } from '../../../main/camera/control/profile-store.ts';
import { dropReasons } from '../../../preload/contract.ts';
import { AdmissionDesk, completionOf } from '../../support/admissions.ts';
import { MockAllocator } from '../../support/mock-allocator.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const bench = liveBenches();

const phases = ({ states }: LiveBench): string[] => states.map(({ phase }) => phase);

/** Nothing is held that a stream would hold. */
function expectNothingHeld({ resources, models, dispatcher }: LiveBench): void {
  expect(resources.usages()).toEqual([]);
  expect(models.inUse).toEqual([]);
  expect(dispatcher.pending()).toBe(0);
}

describe('misuse', () => {
  it('refuses to start and to set or reset a control while closed, and stops without effect', async () => {
    const lab = bench();
    const refusal = { code: 'stream.wrong-phase', exitCode: 2, action: 'Open a source first.' };
    await expect(lab.stream.start()).rejects.toMatchObject(refusal);
    const noCamera = { code: 'control.no-camera', exitCode: 2, action: 'Open a source first.' };
    await expect(lab.controls.set({ gain: 2 })).rejects.toMatchObject(noCamera);
    await expect(lab.controls.reset()).rejects.toMatchObject(noCamera);
    await expect(lab.stream.start()).rejects.toThrow(/stopped or streaming or failed but received one that is closed/);
    expect(await lab.stream.stop()).toMatchObject({ phase: 'closed', modes: [] });
    expect(lab.controls.controls()).toEqual([]);
    expect(phases(lab)).toEqual([]);
  });

  it('refuses an unknown mode, names the modes and keeps the stream running', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    await expect(lab.stream.start('8x8@1')).rejects.toThrow('a mode of scripted (32x24@30, 64x48@30) but received 8x8@1');
    expect(lab.stream.state).toMatchObject({ phase: 'streaming', modeId: '32x24@30' });
    expect(camera.heard).toEqual(['start 32x24@30']);
  });

  it('refuses runtime, unknown and wrong values at load time and stays as it was', async () => {
    const lab = bench();
    await lab.streaming();
    const before = lab.parameters.current;
    await expect(lab.stream.applyLoadTime({ exposure_ev: 1 })).rejects.toMatchObject({ code: 'parameter.runtime' });
    await expect(lab.stream.applyLoadTime({ brightness: 1 })).rejects.toMatchObject({ code: 'parameter.unknown' });
    await expect(lab.stream.applyLoadTime({ strip_rows: 15 })).rejects.toThrow('a whole number from 16 to 4096 rows');
    expect(lab.parameters.current).toBe(before);
    expect(lab.stream.state.phase).toBe('streaming');
  });
});

describe('opening', () => {
  it('keeps the running camera when the next one cannot be opened', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const announced = lab.states.length;
    await expect(lab.stream.open(() => Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
    expect(lab.stream.camera).toBe(camera);
    expect(lab.states).toHaveLength(announced);
    camera.deliver();
    await lab.settled();
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done']);
  });

  it('closes the camera before, takes over the white balance of the new one and its first mode', async () => {
    const lab = bench();
    const first = await lab.streaming('first');
    const second = new ScriptedCamera('second');
    const state = await lab.stream.open(async () => second);
    expect(first.heard).toEqual(['start 32x24@30', 'stop', 'close']);
    expect(state).toMatchObject({ phase: 'stopped', sourceId: 'scripted:second', sourceName: 'second', modeId: '32x24@30' });
    expect(lab.parameters.current.values).toMatchObject({ wb_red_gain: 2, wb_blue_gain: 1.5 });
    expectNothingHeld(lab);
  });
});

describe('starting and stopping', () => {
  it('streams again after a stop, in the mode of before, and gives everything back each time', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    await lab.stream.start('64x48@30');
    await lab.stream.stop();
    expectNothingHeld(lab);
    await lab.stream.start();
    camera.deliver();
    await lab.settled();
    expect(lab.completions[0]?.admission).toMatchObject({ outputWidth: 64, outputHeight: 48 });
    await lab.stream.stop();
    await lab.stream.stop();
    expectNothingHeld(lab);
    const cycle = ['start 64x48@30', 'stop'];
    expect(camera.heard).toEqual(['start 32x24@30', 'stop', ...cycle, ...cycle]);
    const oneStart = ['stopped', 'opening', 'streaming'];
    expect(phases(lab)).toEqual([...oneStart, ...oneStart, ...oneStart, 'stopped', 'stopped']);
  });
});

describe('starting again and again', () => {
  it('takes its frame memory once, however often it starts', async () => {
    const allocator = new MockAllocator();
    const lab = bench({ allocator });
    const camera = await lab.streaming();
    for (let start = 0; start < 20; start++) {
      camera.deliver();
      await lab.stream.stop();
      await lab.stream.start();
    }
    expect(allocator.asked.filter((byteLength) => byteLength >= 4096)).toHaveLength(2);
  });

  it('does not restart for the mode that is running', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    await lab.stream.start();
    await lab.stream.start('32x24@30');
    expect(camera.heard).toEqual(['start 32x24@30']);
  });

  it('runs operations in the order in which they were asked for', async () => {
    const lab = bench();
    const camera = new ScriptedCamera();
    const asked = [lab.stream.open(async () => camera), lab.stream.start(), lab.stream.stop(), lab.stream.start('64x48@30')];
    await Promise.all(asked);
    expect(lab.stream.state).toMatchObject({ phase: 'streaming', modeId: '64x48@30' });
    expect(camera.heard).toEqual(['start 32x24@30', 'stop', 'start 64x48@30']);
  });

  it('finishes the frames under way before it stops', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    camera.deliver();
    await lab.stream.stop();
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done', 'done']);
    expectNothingHeld(lab);
  });

  it('closes twice', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    await Promise.all([lab.stream.close(), lab.stream.close()]);
    expect(camera.heard).toEqual(['start 32x24@30', 'stop', 'close']);
    expect(lab.stream.state.phase).toBe('closed');
    expectNothingHeld(lab);
  });
});

describe('failures', () => {
  it('fails with the reason of a camera that does not start, holds nothing, and can start later', async () => {
    const lab = bench();
    const camera = new ScriptedCamera();
    camera.startError = new ResourceError('camera.busy', 'The camera is in use', 'Close the other program.');
    await lab.stream.open(async () => camera);
    await expect(lab.stream.start()).rejects.toThrow('in use');
    const error = { code: 'camera.busy', message: 'The camera is in use', action: 'Close the other program.' };
    expect(lab.stream.state).toMatchObject({ phase: 'failed', error });
    expectNothingHeld(lab);
    camera.startError = undefined;
    expect(await lab.stream.start()).not.toHaveProperty('error');
    expect(lab.stream.state.phase).toBe('streaming');
  });

  it('gives the first pool back when there is no memory for the second', async () => {
    const allocator = new MockAllocator();
    allocator.failsAfter = 2;
    const lab = bench({ allocator });
    await expect(lab.streaming()).rejects.toMatchObject({ code: 'runtime.out-of-memory' });
    expect(lab.stream.state.phase).toBe('failed');
    expectNothingHeld(lab);
  });

  it('stops with the reason where no worker is left, since every later frame would fail as well', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const admission = new AdmissionDesk().admission(1_000_000);
    const error = { code: 'runtime.no-workers', message: 'Expected a lane worker but none is left' };
    const failed = nextOf(lab.stream.stateChanged, 'the failure', ({ phase }) => phase === 'failed');
    lab.dispatcher.admit(admission);
    lab.dispatcher.complete({ ...completionOf(admission, 'failed'), error });
    expect((await failed).error).toEqual(error);
    expect(camera.heard).toEqual(['start 32x24@30', 'stop']);
    expectNothingHeld(lab);
  });

  it('stops with the reason of a camera that fails, with every lease back', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    camera.fail();
    const failed = await nextOf(lab.stream.stateChanged, 'the failure', ({ phase }) => phase === 'failed');
    expect(failed.error).toEqual({ code: 'camera.gone', message: 'The camera was unplugged' });
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done']);
    expect(camera.heard).toEqual(['start 32x24@30', 'stop']);
    expectNothingHeld(lab);
  });

  it('does not let a failure of a stream that has ended touch the next one', async () => {
    const lab = bench();
    const first = await lab.streaming('first');
    const opened = lab.streaming('second');
    first.fail();
    first.fail();
    await opened;
    // Whatever the failures came to has happened before an operation that was asked for after them.
    await lab.stream.start();
    expect(lab.stream.state).toMatchObject({ phase: 'streaming', sourceName: 'second' });
    expect(phases(lab)).not.toContain('failed');
  });
});

/** A camera that goes back to its defaults whenever it starts. */
class ForgetfulCamera extends ScriptedCamera {
  override async start(modeId: string, sink: FrameSink): Promise<void> {
    await super.start(modeId, sink);
    this.forget();
  }
}

describe('controls', () => {
  it('writes a control without restarting and announces what the device made of it', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const changed = nextOf(lab.controls.changed, 'the write', () => true);
    expect(await lab.controls.set({ gain: 9 })).toEqual([{ id: 'gain', requested: 9, applied: 8 }]);
    expect(await changed).toMatchObject([{ id: 'gain', value: 8, desired: 9, drifted: false }]);
    expect(await lab.controls.reset()).toEqual([{ id: 'gain', requested: 1, applied: 1 }]);
    expect(camera.heard).toEqual(['start 32x24@30', 'gain = 9', 'gain = 1']);
    expect(phases(lab).filter((phase) => phase === 'opening')).toHaveLength(1);
  });

  it('says with which frame a write came into effect, and forgets it when frames are counted anew', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    await lab.controls.set({ gain: 4 });
    expect(lab.controls.controls()[0]).not.toHaveProperty('effectiveAtSequence');
    const sequence = camera.deliver();
    expect(lab.controls.controls()).toMatchObject([{ id: 'gain', effectiveAtSequence: sequence }]);
    await lab.settled();
    await lab.stream.start('64x48@30');
    expect(lab.controls.controls()[0]).not.toHaveProperty('effectiveAtSequence');
  });

  it('sets a camera as the user left it when it is opened, and again where starting the stream forgets it', async () => {
    const lab = bench({ profiles: new ProfileStore(temporaryFolder()) });
    await lab.streaming();
    await lab.controls.set({ gain: 4 });
    await lab.streaming('another');
    const camera = new ForgetfulCamera();
    await lab.stream.open(async () => camera);
    expect(camera.heard).toEqual(['gain = 4']);
    await lab.stream.start();
    expect(camera.heard).toEqual(['gain = 4', 'start 32x24@30', 'gain = 4']);
    expect(lab.controls.controls()).toMatchObject([{ value: 4, desired: 4, drifted: false }]);
  });
});

describe('accounting of a whole stream', () => {
  it('begins anew with every start', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.sink.lost('driver-gap', 4);
    camera.deliver();
    expect(lab.stream.framesIn).toBe(5);
    await lab.stream.stop();
    expect(lab.stream.framesIn).toBe(0);
    await lab.stream.start();
    expect(Object.values(lab.ledger.counts(dropReasons)).every((count) => count === 0)).toBe(true);
  });
});
