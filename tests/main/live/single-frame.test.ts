import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';
import { liveBenches } from './live-bench.ts';

const bench = liveBenches();
const defaults = defaultValues(fastIsp.declaration.params);

describe('misuse', () => {
  it('rejects a mosaic of odd size', async () => {
    const { sensor } = syntheticMosaic('RGGB', 16, 16);
    const odd = { width: 15, height: 16, samples: new Uint16Array(240), sensor };
    await expect(processMosaic(fastIsp, odd, defaults, 1)).rejects.toThrow('an even size for a Bayer mosaic but received 15x16');
  });

  it('rejects with the name of the stage and its reason when the stage fails', async () => {
    let asked = 0;
    const failing: Stage = {
      ...fastIsp,
      // The first request warms the model up; the frame itself finds nothing.
      inputs: (values, sensor) => {
        asked += 1;
        return asked === 1 ? fastIsp.inputs(values, sensor) : {};
      },
    };
    const failure = processMosaic(failing, syntheticMosaic('RGGB', 32, 24), defaults, 1);
    await expect(failure).rejects.toMatchObject({ code: 'stage.failed', exitCode: 1 });
    await expect(failure).rejects.toThrow(/^FastISP failed: Expected a value for graph input/);
  });
});

describe('a single frame', () => {
  it('is the picture that the live path makes of the same mosaic', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const level = 1234;
    const live: Uint8Array[] = [];
    lab.dispatcher.published.subscribe(({ picture }) => live.push(picture.bytes(32 * 24 * 4).slice()));
    camera.deliver(level);
    await lab.settled();
    const samples = new Uint16Array(32 * 24).fill(level);
    const mosaic = { width: 32, height: 24, samples, sensor: camera.sensor };
    const picture = await processMosaic(fastIsp, mosaic, lab.parameters.current.values, 1);
    expect(picture).toMatchObject({ width: 32, height: 24, event: { status: 'done', stage: 'fast-isp' } });
    expect(picture.pixels).toEqual(live[0]);
  });

  it('does not depend on the number of workers', async () => {
    const mosaic = syntheticMosaic('BGGR', 64, 96);
    const values = { ...defaults, strip_rows: 16 };
    const [one, three] = [await processMosaic(fastIsp, mosaic, values, 1), await processMosaic(fastIsp, mosaic, values, 3)];
    expect(three.pixels).toEqual(one.pixels);
    expect(one.event.statistics.strips).toBe(6);
  });
});
