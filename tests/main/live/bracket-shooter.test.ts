import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BracketShooter } from '../../../main/live/bracket-shooter.ts';
import { FusionDesk } from '../../../main/live/fusion-desk.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { algorithmBenches } from './algorithm-bench.ts';
import { ExposedCamera } from './exposed-camera.ts';
import { ScriptedCamera } from './scripted-camera.ts';

const bench = algorithmBenches({ background: 1 });

async function bracketBench(camera: ScriptedCamera) {
  const algorithms = await bench(camera);
  const { lab, desk } = algorithms;
  const { stream, controls, resources, threading, dispatcher } = lab;
  const parts = { resources, threading, dispatcher, stream, controls: () => controls.controls() };
  const fusion = new FusionDesk({ ...parts, folder: temporaryFolder() });
  await stream.stop();
  await stream.start();
  const shooter = new BracketShooter({ stream, controls, algorithms: desk, fusion });
  /** Delivers frames until a promise settles, or so many. */
  const until = async <T>(promise: Promise<T>, deliver: () => void, most = 100): Promise<T> => {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    for (let frame = 0; frame < most && !isSettled; frame++) {
      deliver();
      await lab.settled();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return promise;
  };
  return { ...algorithms, fusion, shooter, until };
}

/** A scene so bright that most of it clips: two shorter exposures are planned, two stops apart. */
function brightScene(): ExposedCamera {
  const camera = new ExposedCamera();
  camera.light = 4;
  return camera;
}

it('is refused where one exposure holds the scene, and where the camera has no exposure time', async () => {
  const even = new ExposedCamera();
  const { shooter, until } = await bracketBench(even);
  await expect(until(shooter.shoot(), () => even.expose())).rejects.toThrow('but one holds this scene');
  const webcam = new ScriptedCamera('webcam');
  const other = await bracketBench(webcam);
  await expect(other.until(other.shooter.shoot(), () => webcam.deliver(4095))).rejects.toThrow(
    'Expected a camera whose exposure time can be set but webcam has none',
  );
});

it('is refused while another one is being taken, which goes on', async () => {
  const camera = brightScene();
  const { shooter, until, lab } = await bracketBench(camera);
  const first = shooter.shoot();
  const busy = { code: 'fusion.busy', message: 'Expected one bracket at a time but received another one' };
  // Before a frame has been measured, and between the exposures.
  await expect(shooter.shoot()).rejects.toMatchObject(busy);
  const refusals: unknown[] = [];
  lab.dispatcher.published.subscribe(() => shooter.shoot().catch((thrown: unknown) => refusals.push(thrown)));
  expect((await until(first, () => camera.expose())).sequences).toHaveLength(3);
  expect(refusals.length).toBeGreaterThan(3);
  expect(refusals).toEqual(refusals.map(() => expect.objectContaining(busy)));
});

it('is taken again when one has failed', async () => {
  const camera = brightScene();
  const { shooter, until, lab } = await bracketBench(camera);
  await lab.stream.stop();
  await expect(shooter.shoot()).rejects.toThrow('Expected a running stream to plan a bracket for');
  await lab.stream.start();
  expect((await until(shooter.shoot(), () => camera.expose())).sequences).toHaveLength(3);
});

it('takes the exposures that the scene asks for, merges one of each, and puts the camera back', async () => {
  const camera = brightScene();
  const { shooter, until, lab } = await bracketBench(camera);
  const exposures = new Map<number, number>();
  lab.dispatcher.published.subscribe(({ admission: { meta } }) => {
    exposures.set(meta.sequence, (meta.controls['exposure'] as number) * (meta.controls['analogue_gain'] as number));
  });
  const { sequences, path } = await until(shooter.shoot(), () => camera.expose());
  const ratios = sequences.map((sequence) => (exposures.get(sequence) as number) / 10_000);
  expect(ratios.sort((a, b) => a - b)).toEqual([expect.closeTo(1 / 16, 2), expect.closeTo(1 / 4, 2), expect.closeTo(1, 2)]);
  expect(readFileSync(path).length).toBeGreaterThan(1000);
  expect(camera.set.exposure * camera.set.analogue_gain).toBeCloseTo(10_000, -2);
});

it('sets again what the user had set, and leaves auto exposure as it was chosen', async () => {
  const camera = brightScene();
  const { shooter, until, lab, parameters } = await bracketBench(camera);
  await lab.controls.set({ exposure: 8000 });
  await until(shooter.shoot(), () => camera.expose());
  expect(camera.set.exposure).toBe(8000);
  expect(lab.controls.controls().find(({ id }) => id === 'exposure')?.desired).toBe(8000);
  camera.light = 4;
  parameters.set({ ae_mode: 'mean', ae_speed: 0.05 });
  await until(shooter.shoot(), () => camera.expose());
  expect(parameters.current.values).toMatchObject({ ae_mode: 'mean' });
});

it('ends with the stream, puts the camera back, and keeps every frame again', async () => {
  const camera = brightScene();
  const { shooter, until, lab, fusion } = await bracketBench(camera);
  let frames = 0;
  const shooting = until(shooter.shoot(), () => {
    camera.expose();
    frames += 1;
    // The first is measured, and the next ones are taken.
    if (camera.set.exposure !== 10_000) void lab.stream.stop();
  }).catch((thrown: unknown) => thrown);
  expect(String(await shooting)).toContain('The stream ended before its bracket was taken');
  expect(frames).toBeGreaterThan(0);
  await lab.stream.start();
  camera.expose();
  await lab.settled();
  expect(fusion.frames()).toHaveLength(1);
});

it('says so where the camera does not follow', async () => {
  const camera = brightScene();
  camera.writeControls = async () => new Map(Object.entries(camera.set));
  const { shooter, until } = await bracketBench(camera);
  const refused = 'Expected the camera to expose 625 µs at gain 1.00 within 30 frames but received 10000 µs at gain 1.00';
  await expect(until(shooter.shoot(), () => camera.expose())).rejects.toThrow(refused);
});
