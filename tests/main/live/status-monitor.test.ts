import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DropLedger } from '../../../main/live/drop-ledger.ts';
import type { LiveStream } from '../../../main/live/live-stream.ts';
import { StatusMonitor } from '../../../main/live/status-monitor.ts';
import { CompletionDispatcher } from '../../../main/runtime/completion-dispatcher.ts';
import type { CompletionStatus, Envelope } from '../../../main/runtime/envelope.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import type { StatusSnapshot, StreamState } from '../../../preload/contract.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

// The clock of the lab stands still but for what a test adds to it.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'hrtime'] }));
afterEach(() => void vi.useRealTimers());

interface MonitorBench {
  readonly monitor: StatusMonitor;
  readonly ledger: DropLedger;
  readonly resources: ResourceManager;
  /** The stream's counters and phase, which the test sets. */
  readonly stream: { framesIn: number; framesDelivered: number; state: Pick<StreamState, 'phase'> };
  /** Completes a frame whose stage ran that long, milliseconds. */
  complete(stageMillis: number, status?: CompletionStatus): void;
}

function monitorBench(dataFolder = join(tmpdir(), 'camera-lab-without-folder')): MonitorBench {
  const stream: MonitorBench['stream'] = { framesIn: 0, framesDelivered: 0, state: { phase: 'streaming' } };
  const dispatcher = new CompletionDispatcher();
  const resources = new ResourceManager();
  const ledger = new DropLedger();
  const monitor = new StatusMonitor({ stream: stream as LiveStream, dispatcher, resources, ledger, dataFolder });
  onTestFinished(() => monitor.close());
  let frameId = 0;
  const complete = (stageMillis: number, status: CompletionStatus = 'done'): void => {
    frameId += 1;
    const { poolId } = resources.createPool('short-lived', 8, 2);
    const [mosaic, picture] = [resources.lease(poolId, 'test') as Lease, resources.lease(poolId, 'test') as Lease];
    const identity = { frameId, streamId: 'live', stage: 'fast-isp', modelHash: 'm', queuedNs: 0n } as const;
    const slots = { inputs: [mosaic.handle], outputs: [picture.handle] };
    const envelope: Envelope = { ...identity, ...slots, lane: 'realtime', parameters: { version: 1, values: {} } };
    const meta = { sequence: frameId, timestampNs: 0n, width: 2, height: 2, sensor: plainSensor, controls: {} };
    dispatcher.admit({ envelope, meta, mosaic, picture, outputWidth: 2, outputHeight: 2 });
    const finishedNs = BigInt(stageMillis * 1e6);
    dispatcher.complete({ ...identity, parameterVersion: 1, status, startedNs: 0n, finishedNs, statistics: {} });
    resources.retirePool(poolId, () => undefined);
  };
  return { monitor, ledger, resources, stream, complete };
}

describe('without a stream', () => {
  it('announces zeros and leaves out what was never measured', () => {
    const { monitor, stream } = monitorBench();
    stream.state = { phase: 'closed' };
    const snapshots: StatusSnapshot[] = [];
    monitor.snapshot.subscribe((snapshot) => snapshots.push(snapshot));
    vi.advanceTimersByTime(1000);
    expect(snapshots).toHaveLength(2);
    const [first] = snapshots;
    expect(first).toMatchObject({ framesPerSecondIn: 0, framesPerSecondShown: 0, framesIn: 0, framesShown: 0, laneLoad: 0 });
    expect(first).toMatchObject({ slotsInUse: 0, slotsTotal: 0, dropped: { expired: 0, 'replaced-in-view': 0 } });
    expect(Object.keys(first ?? {})).not.toEqual(expect.arrayContaining(['latencyMillis']));
    expect(first).not.toHaveProperty('stageMillis');
    expect(first).not.toHaveProperty('diskFreeBytes');
  });

  it('announces nothing once closed, and closes twice', () => {
    const { monitor } = monitorBench();
    let snapshots = 0;
    monitor.snapshot.subscribe(() => {
      snapshots += 1;
    });
    monitor.close();
    monitor.close();
    vi.advanceTimersByTime(5000);
    expect(snapshots).toBe(0);
  });
});

describe('a measurement', () => {
  it('is the one done by hand', () => {
    const { monitor, ledger, resources, stream, complete } = monitorBench();
    const { poolId } = resources.createPool('mosaic', 64, 6);
    resources.lease(poolId, 'camera');
    resources.lease(poolId, 'view', 'view');
    resources.budgets.limit('view', 1000);
    // Three of sixty came too late: they are counted, and they are no part of the rate.
    stream.framesIn = 60;
    stream.framesDelivered = 57;
    for (const millis of [4, 10, 6, 8]) complete(millis);
    complete(32, 'failed');
    for (const latencyMillis of [20, 40]) monitor.recordShown({ frameId: latencyMillis, latencyMillis });
    ledger.record('source-late', 3);
    vi.advanceTimersByTime(400);
    const measured = monitor.measure();
    expect(measured).toMatchObject({ framesIn: 60, framesShown: 2, slotsInUse: 2, slotsTotal: 6 });
    expect(measured.memory.filter(({ bytes }) => bytes > 0)).toEqual([
      { consumer: 'lane', bytes: 64, evictions: 0, refusals: 0 },
      { consumer: 'view', bytes: 64, budgetBytes: 1000, evictions: 0, refusals: 0 },
    ]);
    expect(measured.framesPerSecondIn).toBeCloseTo(57 / 0.4, 9);
    expect(measured.framesPerSecondShown).toBeCloseTo(2 / 0.4, 9);
    // Work that failed is no stage time, but the lane was busy with it.
    expect(measured.laneLoad).toBeCloseTo((4 + 10 + 6 + 8 + 32) / 400, 9);
    expect(measured.dropped['source-late']).toBe(3);
    expect(measured.latencyMillis?.median).toBeCloseTo(30, 9);
    expect(measured.latencyMillis?.p99).toBeCloseTo(20 + 0.99 * 20, 9);
    expect(measured.stageMillis?.median).toBeCloseTo(7, 9);
    expect(measured.stageMillis?.p99).toBeCloseTo(8 + 0.97 * 2, 9);
  });
});

describe('a measurement after another', () => {
  it('counts a frame once, however many views paint it', () => {
    const { monitor } = monitorBench();
    for (const frameId of [1, 1, 2, 2, 3]) monitor.recordShown({ frameId, latencyMillis: 10 });
    expect(monitor.measure().framesShown).toBe(3);
  });

  it('has rates since the one before and counts since the start', () => {
    const { monitor, stream, complete } = monitorBench();
    stream.framesIn = 100;
    stream.framesDelivered = 100;
    vi.advanceTimersByTime(250);
    monitor.measure();
    stream.framesIn = 106;
    stream.framesDelivered = 106;
    complete(50);
    vi.advanceTimersByTime(200);
    const measured = monitor.measure();
    expect(measured.framesIn).toBe(106);
    expect(measured.framesPerSecondIn).toBeCloseTo(30, 9);
    expect(measured.laneLoad).toBeCloseTo(0.25, 9);
  });

  it('has no negative rate and no load above one', () => {
    const { monitor, stream, complete } = monitorBench();
    stream.framesIn = 10;
    stream.framesDelivered = 10;
    vi.advanceTimersByTime(100);
    monitor.measure();
    stream.framesIn = 0;
    stream.framesDelivered = 0;
    complete(300);
    vi.advanceTimersByTime(100);
    expect(monitor.measure()).toMatchObject({ framesPerSecondIn: 0, laneLoad: 1 });
  });

  it('forgets an earlier stream at a reset', () => {
    const { monitor, stream, complete } = monitorBench();
    stream.framesIn = 10;
    stream.framesDelivered = 10;
    complete(7);
    monitor.recordShown({ frameId: 1, latencyMillis: 25 });
    stream.framesIn = 0;
    stream.framesDelivered = 0;
    monitor.reset();
    vi.advanceTimersByTime(100);
    const measured = monitor.measure();
    expect(measured).toMatchObject({ framesIn: 0, framesShown: 0, framesPerSecondShown: 0, laneLoad: 0 });
    expect(measured).not.toHaveProperty('latencyMillis');
    expect(measured).not.toHaveProperty('stageMillis');
  });
});

describe('the times of frames', () => {
  it.each(['stopped', 'failed', 'closed', 'opening'] as const)(
    'tells no times of frames that have long passed while %s',
    (phase) => {
      const { monitor, stream, complete } = monitorBench();
      complete(7);
      monitor.recordShown({ frameId: 1, latencyMillis: 25 });
      expect(monitor.measure()).toMatchObject({ latencyMillis: { median: 25 }, stageMillis: { median: 7 } });
      stream.state = { phase };
      vi.advanceTimersByTime(500);
      const measured = monitor.measure();
      expect(measured).not.toHaveProperty('latencyMillis');
      expect(measured).not.toHaveProperty('stageMillis');
      expect(measured).toMatchObject({ framesShown: 1, framesPerSecondShown: 0, laneLoad: 0 });
    },
  );

  it('keeps its times while settings are loaded under the running stream', () => {
    const { monitor, stream, complete } = monitorBench();
    complete(7);
    stream.state = { phase: 'reloading' };
    expect(monitor.measure()).toMatchObject({ stageMillis: { median: 7 } });
  });
});

describe('free disk space', () => {
  it('is that of the data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'camera-lab-status-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { monitor } = monitorBench(folder);
    vi.advanceTimersByTime(500);
    await expect.poll(() => monitor.measure().diskFreeBytes, { timeout: 20_000 }).toBeGreaterThan(0);
    const { blocks, bsize } = await statfs(folder);
    expect(monitor.measure().diskFreeBytes).toBeLessThanOrEqual(blocks * bsize);
  });
});
