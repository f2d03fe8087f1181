import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab } from '../../../main/lab.ts';
import type { EventPayload, StatusSnapshot } from '../../../preload/contract.ts';
import type { CaseOutput } from '../measurement.ts';

/** Two seconds in which the engine compiles what runs often; what is lost in them is counted on its own. */
const warmUpMillis = 2000;

/**
 * The whole lab for some seconds: simulator at 30 frames a second, FastISP by row kernels or ONNX Runtime, one view that copies every frame,
 * recording on.
 */
const [provider = 'kernel', size = '1920x1080', seconds = '30'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'camera-lab-bench-'));
const lab = await createLab({ shell: 'http', dataFolder: folder });
const call = async (name: string, payload: unknown): Promise<unknown> => {
  const outcome = await lab.service.call(name, payload);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.result;
};

const stageMillis: number[] = [];
lab.dispatcher.completed.subscribe(({ event }) => {
  if (event.status === 'done') stageMillis.push(Number(event.finishedNs - event.startedNs) / 1e6);
});
let last: StatusSnapshot | undefined;
let fallback: string | undefined;
lab.service.subscribe((name, payload) => {
  if (name === 'status.snapshot') last = payload as StatusSnapshot;
  const { code, message } = payload as EventPayload<'notice'>;
  if (name === 'notice' && code === 'runtime.provider-fallback') fallback = message;
});
const [width, height] = size.split('x').map(Number) as [number, number];
const copy = new Uint8Array(width * height * 4);
lab.service.openView('bench', {
  send: async ({ frameId }, pixels) => {
    copy.set(pixels);
    setImmediate(() => void call('view.acknowledge', { viewId: 'bench', frameId }));
  },
});

await call('parameter.applyLoadTime', { processorId: 'fast-isp', values: { execution_provider: provider } });
await call('source.open', { sourceId: 'simulator:chart' });
await call('stream.start', { modeId: `${size}@30` });
if (fallback !== undefined) throw new Error(fallback);
await call('recording.start', {});
const wait = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
await wait(warmUpMillis);
const before = last as StatusSnapshot;
const warmUpStages = stageMillis.length;
await wait(Number(seconds) * 1000);
const snapshot = last as StatusSnapshot;
const session = (await call('recording.stop', {})) as { frames: number; stageEvents: number };
await lab.close();
await rm(folder, { recursive: true });

const total = (counts: StatusSnapshot['dropped']): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
const dropped = Object.fromEntries(
  Object.entries(snapshot.dropped)
    .map(
      ([reason, count]) => [`dropped ${reason}`, count - (before.dropped[reason as keyof typeof before.dropped] ?? 0)] as const,
    )
    .filter(([, count]) => count > 0),
);
const rounded = (value: number | undefined): number => Number((value ?? Number.NaN).toFixed(3));
const output: CaseOutput = {
  samplesMillis: stageMillis.slice(warmUpStages),
  counts: {
    'frames in': snapshot.framesIn - before.framesIn,
    'frames shown': snapshot.framesShown - before.framesShown,
    dropped: total(snapshot.dropped) - total(before.dropped),
    ...dropped,
    'dropped in the warm-up': total(before.dropped),
    'frame rows': session.frames,
    'stage rows': session.stageEvents,
    'dispatcher median ms': rounded(snapshot.dispatcherMillis?.median),
    'dispatcher p99 ms': rounded(snapshot.dispatcherMillis?.p99),
    'latency median ms': rounded(snapshot.latencyMillis?.median),
    'latency p99 ms': rounded(snapshot.latencyMillis?.p99),
  },
};
process.stdout.write(JSON.stringify(output));
