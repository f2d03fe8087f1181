import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import { unpluggedCode } from '../../../main/camera/camera.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const bench = liveBenches();

/** A camera that the test pulls out and puts back. */
class PluggableCamera extends ScriptedCamera {
  readonly availability = new Announcer<'unplugged' | 'returned'>();

  unplug(): void {
    this.availability.announce('unplugged');
    this.fail({ code: unpluggedCode, message: 'The camera was unplugged' });
  }

  /** Comes back with its defaults. */
  comeBack(): void {
    this.forget();
    this.availability.announce('returned');
  }
}

/** A camera that streams with a gain of 4. */
async function streamingAtGain4(lab: LiveBench): Promise<PluggableCamera> {
  const camera = new PluggableCamera();
  await lab.stream.open(async () => camera);
  await lab.stream.start();
  await lab.controls.set({ gain: 4 });
  return camera;
}

describe('a camera that comes back after it was unplugged', () => {
  it('is set as the user left it, and then streams in its mode of before', async () => {
    const lab = bench();
    const camera = await streamingAtGain4(lab);
    const failed = nextOf(lab.stream.stateChanged, 'the failed phase', ({ phase }) => phase === 'failed');
    camera.unplug();
    expect((await failed).error?.code).toBe(unpluggedCode);
    const streaming = nextOf(lab.stream.stateChanged, 'the stream', ({ phase }) => phase === 'streaming');
    camera.comeBack();
    await streaming;
    expect(camera.heard).toEqual(['start 32x24@30', 'gain = 4', 'stop', 'gain = 4', 'start 32x24@30']);
    const sequence = camera.deliver();
    expect(lab.controls.controls()).toMatchObject([{ value: 4, desired: 4, drifted: false, effectiveAtSequence: sequence }]);
    await lab.settled();
  });

  it('is set as the user left it and stays stopped, where the user has stopped it meanwhile', async () => {
    const lab = bench();
    const camera = await streamingAtGain4(lab);
    camera.unplug();
    await lab.stream.stop();
    const written = nextOf(lab.controls.written, 'the write', () => true);
    camera.comeBack();
    expect(await written).toMatchObject([{ origin: 'profile', report: { id: 'gain', applied: 4 } }]);
    await lab.stream.between(async () => undefined);
    expect(lab.stream.state.phase).toBe('stopped');
  });

  it('means nothing to the source that was opened in its place', async () => {
    const lab = bench();
    const camera = await streamingAtGain4(lab);
    camera.unplug();
    const other = await lab.streaming('other');
    camera.comeBack();
    await lab.stream.between(async () => undefined);
    expect(camera.heard.slice(-1)).toEqual(['close']);
    expect(other.heard).toEqual(['start 32x24@30']);
  });
});
