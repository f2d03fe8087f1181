import { expect, it, onTestFinished } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import { decideRawAgain } from '../../../main/isp/raw-algo/records.ts';
import { AnalysisDesk, type AnalysisState } from '../../../main/live/analysis-desk.ts';
import { FusionDesk } from '../../../main/live/fusion-desk.ts';
import { TuningDesk } from '../../../main/live/tuning-desk.ts';
import type { DecisionRow } from '../../../main/telemetry/rows.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { type BenchOptions, liveBenches } from './live-bench.ts';

const bench = liveBenches({ background: 1 });

async function analysisBench(options: BenchOptions = {}) {
  const lab = bench(options);
  const { resources, threading, dispatcher, stream, controls, parameters: stageParameters } = lab;
  const shared = { resources, threading, dispatcher, stream };
  const fusion = new FusionDesk({ ...shared, controls: () => controls.controls(), folder: temporaryFolder() });
  const decided = new Announcer<DecisionRow>();
  const rows: DecisionRow[] = [];
  decided.subscribe((row) => rows.push(row));
  const desk = new AnalysisDesk({ ...shared, fusion, stageParameters, decided });
  onTestFinished(() => desk.close());
  const camera = await lab.streaming();
  const show = async (...levels: number[]): Promise<void> => {
    for (const level of levels) {
      camera.deliver(level);
      await lab.settled();
    }
  };
  return { lab, desk, camera, fusion, rows, show };
}

it('is refused without frames, and while another analysis is under way', async () => {
  const { desk, show } = await analysisBench();
  await expect(desk.analyse()).rejects.toThrow('Expected a running stream with frames to analyse but received none');
  await show(1000);
  const first = desk.analyse();
  await expect(desk.analyse()).rejects.toThrow('Expected one analysis at a time but received another one');
  expect((await first).sequences).toEqual([1]);
});

it('looks at four frames over all that are kept, tells every decision with its inputs, and holds nothing afterwards', async () => {
  const { lab, desk, rows, show } = await analysisBench();
  // Eight frames are kept; they are black, at 256 DN.
  await show(...Array<number>(10).fill(256));
  const [leases, pools] = [lab.resources.openLeases().length, lab.resources.usages().length];
  const { version } = lab.parameters.current;
  const { sequences, findings } = await desk.analyse();
  expect(sequences).toEqual([4, 6, 8, 10]);
  expect(findings.map(({ about, verdict }) => `${about} ${verdict}`)).toEqual(['blackLevel agrees', 'defectGrowth agrees']);
  expect(rows.map(({ algorithm, sequence }) => [algorithm, sequence])).toEqual([
    ['raw:blackLevel', 10],
    ['raw:defectGrowth', 10],
  ]);
  for (const { algorithm, inputs, intents } of rows) expect(decideRawAgain({ algorithm, inputs })).toEqual(intents);
  expect([lab.resources.openLeases().length, lab.resources.usages().length]).toEqual([leases, pools]);
  expect(lab.parameters.current.version).toBe(version);
});

it('leaves out frames that were taken with other controls', async () => {
  const { lab, desk, show } = await analysisBench();
  await show(256, 256);
  await lab.controls.set({ gain: 2 });
  await show(256, 256, 256);
  expect((await desk.analyse()).sequences).toEqual([3, 4, 5]);
});

it("holds the frames against the camera's tuning", async () => {
  const tunings = new TuningDesk(temporaryFolder());
  const blackLevels = [{ gain: 1, levels: [250, 256, 256, 256] }];
  const tuning = { format: 'camera-lab-tuning', version: 2, camera: 'scripted', blackLevels };
  await tunings.keep({ id: 'scripted:scripted', name: 'scripted' }, tuning as never);
  const { desk, show } = await analysisBench({ tunings });
  await show(256);
  const { findings } = await desk.analyse();
  expect(findings[0]).toMatchObject({
    verdict: 'differs',
    message: expect.stringContaining('256.00, 256.00, 256.00, 256.00 DN and not at 250.00, 256.00, 256.00, 256.00 DN'),
  });
});

it('tells how it stands, from its beginning to its end', async () => {
  const { desk, show } = await analysisBench();
  const states: AnalysisState[] = [];
  desk.changed.subscribe((state) => states.push(state));
  await show(256, 256);
  await desk.analyse();
  expect([states[0], states.at(-1)]).toEqual([
    { state: 'analysing', progress: 0 },
    { state: 'done', progress: 1 },
  ]);
});

it('is cancelled on request, holds nothing then, and can be asked for again', async () => {
  const { lab, desk, show } = await analysisBench();
  const states: string[] = [];
  desk.changed.subscribe(({ state }) => states.push(state));
  desk.cancel();
  await show(256, 256, 256);
  const leases = lab.resources.openLeases().length;
  const analysis = desk.analyse();
  desk.cancel();
  await expect(analysis).rejects.toMatchObject({ code: 'runtime.cancelled' });
  expect(states).toEqual(['analysing', 'cancelled']);
  expect(lab.resources.openLeases().length).toBe(leases);
  expect((await desk.analyse()).sequences).toEqual([1, 2, 3]);
});

it('is given up with the lab', async () => {
  const { lab, desk, show } = await analysisBench();
  await show(256, 256, 256);
  const leases = lab.resources.openLeases().length;
  const analysis = desk.analyse();
  const ended = expect(analysis).rejects.toThrow('The analysis was cancelled');
  await desk.close();
  await ended;
  expect(lab.resources.openLeases().length).toBe(leases);
});
