import { describe, expect, it } from 'vitest';
import { nextOf } from '../../support/next-announcement.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';
import { liveBenches } from './live-bench.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const bench = liveBenches();

/** A camera that was pulled out: it cannot even be stopped, once. */
class UnpluggedCamera extends ScriptedCamera {
  #refusals = 1;

  override async stop(): Promise<void> {
    await super.stop();
    if (this.#refusals-- > 0) throw new Error('the device does not answer');
  }
}

describe('a camera that cannot even stop', () => {
  it('leaves a failed stream with the first reason, every slot back, and able to open another source', async () => {
    const lab = bench();
    const camera = new UnpluggedCamera();
    await lab.stream.open(async () => camera);
    await lab.stream.start();
    const failed = nextOf(lab.stream.stateChanged, 'the failed phase', ({ phase }) => phase === 'failed');
    camera.deliver();
    camera.fail();
    expect((await failed).error).toEqual({ code: 'camera.gone', message: 'The camera was unplugged' });
    expect([lab.resources.usages(), lab.models.inUse, lab.dispatcher.pending()]).toEqual([[], [], 0]);
    await lab.streaming('second');
    expect(lab.stream.state).toMatchObject({ phase: 'streaming', sourceName: 'second' });
  });

  it('rejects the stop that was asked for, and gives everything back', async () => {
    const lab = bench();
    const camera = new UnpluggedCamera();
    await lab.stream.open(async () => camera);
    await lab.stream.start();
    await expect(lab.stream.stop()).rejects.toThrow('the device does not answer');
    expect(lab.stream.state).toMatchObject({ phase: 'failed', error: { message: 'the device does not answer' } });
    expect([lab.resources.usages(), lab.models.inUse]).toEqual([[], []]);
    await lab.stream.start();
    expect(lab.stream.state.phase).toBe('streaming');
  });
});

describe('a source without a white balance', () => {
  it('does not take over that of the source before', async () => {
    const lab = bench();
    await lab.streaming();
    expect(lab.parameters.current.values).toMatchObject({ wb_red_gain: 2, wb_blue_gain: 1.5 });
    const plain = Object.assign(new ScriptedCamera('plain'), { sensor: plainSensor });
    await lab.stream.open(async () => plain);
    expect(lab.parameters.current.values).toMatchObject({ wb_red_gain: 1, wb_blue_gain: 1 });
  });
});
