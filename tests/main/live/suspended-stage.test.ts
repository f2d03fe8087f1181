import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import { failuresUntilSuspension } from '../../../main/runtime/failure-streaks.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';
import type { ScriptedCamera } from './scripted-camera.ts';

const bench = liveBenches();

/** A stage that fails every frame while it is broken: its inputs are then not what its graph takes. */
function brokenStage() {
  const state = { isBroken: false };
  const inputs: Stage['inputs'] = (values, sensor) => {
    const whole = fastIsp.inputs(values, sensor);
    return state.isBroken ? { ...whole, [Object.keys(whole)[0] as string]: new Float32Array(99) } : whole;
  };
  return { state, stage: { ...fastIsp, inputs } };
}

async function outcomeOfNext(lab: LiveBench, camera: ScriptedCamera): Promise<string> {
  camera.deliver();
  await lab.settled();
  const event = lab.completions.at(-1)?.event;
  return event?.error?.code ?? (event?.status as string);
}

async function suspended() {
  const { state, stage } = brokenStage();
  const lab = bench({ stage });
  const camera = await lab.streaming();
  state.isBroken = true;
  for (let frame = 0; frame < failuresUntilSuspension; frame++) await outcomeOfNext(lab, camera);
  expect(await outcomeOfNext(lab, camera)).toBe('runtime.suspended');
  state.isBroken = false;
  return { lab, camera };
}

describe('a stage that was suspended', () => {
  it('costs its frames, each counted, until the stream is stopped and started', async () => {
    const { lab, camera } = await suspended();
    expect(await outcomeOfNext(lab, camera)).toBe('runtime.suspended');
    expect(lab.ledger.counts(['failed']).failed).toBe(failuresUntilSuspension + 2);
    await lab.stream.stop();
    await lab.stream.start();
    expect(await outcomeOfNext(lab, camera)).toBe('done');
  });

  it('runs again with a model that is loaded anew', async () => {
    const { lab, camera } = await suspended();
    await lab.stream.applyLoadTime({ output_resolution: 'half' });
    expect(await outcomeOfNext(lab, camera)).toBe('done');
  });
});
