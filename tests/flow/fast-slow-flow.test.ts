import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLab } from '../../main/lab.ts';
import type { CallName, CallRequest, CallResponse } from '../../preload/contract.ts';
import { parseCsv } from '../main/telemetry/parse-csv.ts';
import { temporaryFolder } from '../main/telemetry/telemetry-folder.ts';
import { nextOf } from '../support/next-announcement.ts';
import { RuntimeBench } from './runtime-bench.ts';

describe('fast and slow lane together', () => {
  it('develop the newest frames and lose no merge, each in its own order', async () => {
    const bench = await RuntimeBench.open();
    const announced: number[] = [];
    const published: number[] = [];
    bench.dispatcher.completed.subscribe(({ event }) => announced.push(event.frameId));
    bench.dispatcher.published.subscribe(({ event }) => published.push(event.frameId));
    const merges = [101, 102, 103].map((frameId) => bench.merge(frameId));
    for (let frameId = 1; frameId <= 60; frameId++) {
      expect(bench.submitFrame(frameId)).toBe(true);
      // Every third frame comes when the lane has let go of the one before: the others replace each other.
      if (frameId % 3 === 0) await nextOf(bench.dispatcher.completed, 'a frame', ({ event }) => event.frameId === frameId);
    }
    const merged = await Promise.all(merges);
    await bench.expectNothingLeft();
    expect(merged.map(({ frameId, status }) => `${frameId} ${status}`)).toEqual(['101 done', '102 done', '103 done']);
    expect(bench.events.filter(({ stage }) => stage === 'fusion-merge').map(({ frameId }) => frameId)).toEqual([101, 102, 103]);
    expect(announced).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(published).toEqual([...published].sort((a, b) => a - b));
    // Of three that come together, the second waits when the third replaces it.
    expect(bench.outcomes().filter((outcome) => outcome.endsWith('replaced'))).toHaveLength(20);
    expect(published).toHaveLength(40);
  });

  it('say what they measured, with instants in their order', async () => {
    const bench = await RuntimeBench.open();
    bench.submitFrame(1);
    await bench.merge(2, 4);
    await bench.expectNothingLeft();
    for (const { queuedNs, startedNs, finishedNs } of bench.events) {
      expect([startedNs > queuedNs, finishedNs > startedNs]).toEqual([true, true]);
    }
    const [frame, merge] = [1, 2].map((id) => bench.events.find(({ frameId }) => frameId === id));
    expect(frame).toMatchObject({ status: 'done', statistics: { strips: 3 }, modelHash: bench.model.hash });
    // Equal frames are merged with full weight and no shift.
    expect(merge?.statistics).toMatchObject({ strips: 1, 'shiftX.3': 0, 'shiftY.3': 0 });
    expect(merge?.statistics['meanWeight.3']).toBeGreaterThan(0.5);
  });

  it('run nothing that is past its deadline', async () => {
    const bench = await RuntimeBench.open();
    bench.submitFrame(1);
    // The lane is at work: what waits now is past its deadline when its turn comes.
    bench.submitFrame(2, { streamId: 'late', deadlineNs: process.hrtime.bigint() });
    bench.submitFrame(3, { streamId: 'in time', deadlineNs: process.hrtime.bigint() + 3_600_000_000_000n });
    await bench.expectNothingLeft();
    expect([bench.outcomes(), bench.outcomes('late'), bench.outcomes('in time')]).toEqual([
      ['1 done'],
      ['2 expired'],
      ['3 done'],
    ]);
  });

  it('take slow work by priority, and give up what is cancelled', async () => {
    const bench = await RuntimeBench.open();
    const { background } = bench.threading;
    const merges = [1, 2, 3, 4].map((frameId) => bench.merge(frameId, 2, { priority: frameId === 4 ? 1 : 0 }));
    background.cancel(({ frameId }) => frameId === 2 || frameId === 1);
    const ends = await Promise.all(merges);
    await bench.expectNothingLeft();
    expect(ends.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'done', 'done']);
    expect(bench.events.map(({ frameId }) => frameId)).toEqual([2, 1, 4, 3]);
  });
});

describe('a session of both lanes', () => {
  it('has a row of every stage event, with what each stage measured', async () => {
    const lab = await createLab({ shell: 'http', dataFolder: temporaryFolder(), workerCount: 1 });
    onTestFinished(() => lab.close());
    const call = async <N extends CallName>(name: N, payload: CallRequest<N>): Promise<CallResponse<N>> => {
      const outcome = await lab.service.call(name, payload);
      if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
      return outcome.result as CallResponse<N>;
    };
    await call('source.open', { sourceId: 'simulator:chart', modeId: '640x360@30' });
    const { id } = await call('recording.start', {});
    let developed = 0;
    await nextOf(lab.dispatcher.completed, 'frames to merge', ({ event }) => {
      developed += event.status === 'done' ? 1 : 0;
      return developed === 6;
    });
    const merged = await call('fusion.merge', { kind: 'burst', frameCount: 4 });
    await call('recording.stop', {});
    const { files } = await call('session.export', { sessionId: id });
    const stageFile = files.find(({ path }) => basename(path) === 'stage-events.csv')?.path as string;
    const [header = [], ...rows] = parseCsv(await readFile(stageFile, 'utf8'));
    const cells = (name: string, stage: string): string[] =>
      rows.filter((row) => row[header.indexOf('stage')] === stage).map((row) => row[header.indexOf(name)] as string);
    expect(cells('status', 'fast-isp').filter((status) => status === 'done').length).toBeGreaterThanOrEqual(6);
    const frameIds = cells('frame_id', 'fast-isp').map(Number);
    expect(frameIds).toEqual([...frameIds].sort((a, b) => a - b));
    expect([cells('status', 'fusion-score'), cells('status', 'fusion-merge')]).toEqual([['done'], ['done']]);
    const [statistics] = cells('statistics', 'fusion-merge').map((text) => JSON.parse(text) as Record<string, number>);
    expect(merged.weights).toEqual([0, 1, 2, 3].map((index) => statistics?.[`meanWeight.${index}`]));
  });
});
