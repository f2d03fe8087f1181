import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile } from '../../../main/base/statistics.ts';
import { createLab } from '../../../main/lab.ts';
import type { EventPayload } from '../../../preload/contract.ts';
import type { CaseOutput } from '../measurement.ts';

/**
 * From a slider of a processor behind the ISP to the first frame that shows it, through a whole lab with the simulator: a change every few
 * milliseconds after the one before was applied, wherever that falls between two frames. Samples are milliseconds. What counts is how many
 * pictures come without the change after it was made: 1 where a frame was in work, which cannot take it any more, and 0 otherwise.
 */
const [processorId = 'unsharp-mask', parameter = 'unsharp_amount', modeId = '640x360@30'] = process.argv.slice(2);
const changes = 120;
const warmUpChanges = 20;

const folder = await mkdtemp(join(tmpdir(), 'camera-lab-bench-'));
const lab = await createLab({ shell: 'http', dataFolder: folder });
const call = async (name: string, payload: unknown): Promise<unknown> => {
  const outcome = await lab.service.call(name, payload);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.result;
};
let heard: (applied: EventPayload<'parameter.applied'>) => void = () => undefined;
lab.service.subscribe((name, payload) => {
  const applied = payload as EventPayload<'parameter.applied'>;
  if (name === 'parameter.applied' && applied.processorId === processorId) heard(applied);
});
const nextApplied = (): Promise<EventPayload<'parameter.applied'>> => new Promise((resolve) => (heard = resolve));
const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

await call('source.open', { sourceId: 'simulator:chart', modeId });
const first = nextApplied();
await call('chain.add', { processorId });
await first;
let pictures = 0;
lab.dispatcher.published.subscribe(() => {
  pictures += 1;
});
const [samplesMillis, without]: [number[], number[]] = [[], []];
for (let change = 0; change < changes + warmUpChanges; change++) {
  // Steps of a few milliseconds reach every place between two frames of 33 ms.
  await pause((change * 7) % 41);
  const applied = nextApplied();
  const start = performance.now();
  const before = pictures;
  await call('parameter.set', { processorId, values: { [parameter]: (change % 50) / 50 } });
  await applied;
  if (change < warmUpChanges) continue;
  samplesMillis.push(performance.now() - start);
  without.push(pictures - before - 1);
}
const [measured] = (await call('chain.measurements', {})) as EventPayload<'chain.measured'>;
await lab.close();
await rm(folder, { recursive: true });
const counts = {
  'pictures without it, median': quantile(without, 0.5),
  'pictures without it, p99': quantile(without, 0.99),
  'pictures without it, most': Math.max(...without),
  'processor ms median': Number((measured?.millis?.median ?? Number.NaN).toFixed(2)),
};
const output: CaseOutput = { samplesMillis, counts };
process.stdout.write(JSON.stringify(output));
