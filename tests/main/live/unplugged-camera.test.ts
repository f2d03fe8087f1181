import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import { unpluggedCode } from '../../../main/camera/camera.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const bench = liveBenches();
const gone = { code: unpluggedCode, message: 'The camera was unplugged' };

/** A camera that can be pulled out and put back. */
class PluggableCamera extends ScriptedCamera {
  readonly availability = new Announcer<'unplugged' | 'returned'>();
  readonly noticed = new Announcer<{ code: string; message: string }>();
}

async function unpluggedBench(): Promise<{ readonly lab: LiveBench; readonly camera: PluggableCamera }> {
  const lab = bench();
  const camera = new PluggableCamera();
  await lab.stream.open(async () => camera);
  await lab.stream.start('64x48@30');
  const failed = nextOf(lab.stream.stateChanged, 'the failed phase', ({ phase }) => phase === 'failed');
  camera.fail(gone);
  await failed;
  return { lab, camera };
}

const starts = (camera: ScriptedCamera): string[] => camera.heard.filter((call) => call.startsWith('start'));

describe('a camera that comes back', () => {
  it('is not started again where the user has stopped the stream meanwhile', async () => {
    const { lab, camera } = await unpluggedBench();
    await lab.stream.stop();
    camera.availability.announce('returned');
    await lab.stream.between(async () => undefined);
    expect([lab.stream.state.phase, starts(camera)]).toEqual(['stopped', ['start 64x48@30']]);
  });

  it('is not started again where its stream failed for another reason', async () => {
    const lab = bench();
    const camera = new PluggableCamera();
    await lab.stream.open(async () => camera);
    await lab.stream.start();
    const failed = nextOf(lab.stream.stateChanged, 'the failed phase', ({ phase }) => phase === 'failed');
    camera.fail();
    await failed;
    camera.availability.announce('returned');
    await lab.stream.between(async () => undefined);
    expect([lab.stream.state.phase, starts(camera).length]).toEqual(['failed', 1]);
  });

  it('means nothing to the lab once another source is open', async () => {
    const { lab, camera } = await unpluggedBench();
    await lab.streaming('second');
    camera.availability.announce('returned');
    camera.noticed.announce({ code: 'camera.stalled', message: 'late' });
    await lab.stream.between(async () => undefined);
    expect([lab.stream.state.sourceName, starts(camera).length]).toEqual(['second', 1]);
  });

  it('streams again in its mode, with what the user asked of its controls written again', async () => {
    const { lab, camera } = await unpluggedBench();
    await lab.controls.set({ gain: 4 });
    // What it was told is gone with its power.
    await camera.writeControls(new Map([['gain', 1]]));
    camera.heard.length = 0;
    const streams = nextOf(lab.stream.stateChanged, 'the streaming phase', ({ phase }) => phase === 'streaming');
    camera.availability.announce('returned');
    expect((await streams).modeId).toBe('64x48@30');
    expect(camera.heard).toContain('gain = 4');
    camera.deliver();
    await lab.settled();
    expect(lab.completions.at(-1)?.event.status).toBe('done');
  });

  it('leaves the reason where it cannot be started', async () => {
    const { lab, camera } = await unpluggedBench();
    camera.startError = new Error('no bandwidth is left');
    const failed = nextOf(lab.stream.stateChanged, 'the failed phase', ({ phase }) => phase === 'failed');
    camera.availability.announce('returned');
    expect((await failed).error?.message).toBe('no bandwidth is left');
  });
});

describe('a camera whose modes mean different numbers', () => {
  it('is developed by the levels of the mode that streams', async () => {
    const lab = bench();
    const camera = Object.assign(new ScriptedCamera('deep'), {
      sensorIn: (modeId: string) => ({ ...plainSensor, whiteLevel: modeId === '64x48@30' ? 2000 : 4000 }),
    });
    await lab.stream.open(async () => camera);
    const greys: unknown[] = [];
    for (const modeId of ['64x48@30', '32x24@30']) {
      await lab.stream.start(modeId);
      camera.deliver(1000);
      await lab.settled();
      greys.push(lab.completions.at(-1)?.admission.envelope.inputs);
    }
    expect(greys[0]).not.toEqual(greys[1]);
  });
});
