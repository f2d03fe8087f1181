import { describe, expect, it } from 'vitest';
import type { ErrorRecord } from '../../../main/base/errors.ts';
import { Announcer } from '../../../main/base/lifetime.ts';
import { claimWord, jobWord, jobWords, type LaneReply, type LaneRequest } from '../../../main/runtime/lane-protocol.ts';
import type { LaneWorkers } from '../../../main/runtime/lane-workers.ts';
import { createJobMemory, type JobEnd, StripRunner } from '../../../main/runtime/strip-runner.ts';
import { plainEnvelope } from '../../support/scripted-runner.ts';

const death: ErrorRecord = { code: 'runtime.worker-died', message: 'it died' };

type Report = Exclude<LaneReply, { kind: 'ready' | 'loaded' | 'fenced' }>;
type Run = Extract<LaneRequest, { kind: 'run' }>;

/** A runner over workers that the test plays: it hears what they are told and says what they would. */
function playedRunner() {
  const memory = createJobMemory();
  const words = new Int32Array(memory);
  const workers = {
    replied: new Announcer<Report>(),
    died: new Announcer<{ error: ErrorRecord; othersIdle: Promise<void> }>(),
    joined: new Announcer<void>(),
    told: [] as Run[],
    broadcast: (message: LaneRequest): void => {
      workers.told.push(message as Run);
    },
  };
  const runner = new StripRunner(workers as unknown as LaneWorkers, memory);
  const ends: JobEnd[] = [];
  runner.ended.subscribe((end) => ends.push(end));
  const serial = (): number => (workers.told.at(-1) as Run).serial;
  const word = (name: keyof typeof jobWord): number => (workers.told.at(-1) as Run).jobSlot * jobWords + jobWord[name];
  const say = (kind: 'started' | 'finished' | 'strip-failed', atNs = 1n, of = serial()): void => {
    const report = { kind, serial: of, atNs, error: { code: 'lab.unexpected', message: 'it broke' } };
    workers.replied.announce(report as Report);
  };
  return { runner, workers, words, ends, say, word };
}

describe('StripRunner', () => {
  it('refuses a second job while one runs', () => {
    const { runner } = playedRunner();
    runner.run({ envelope: plainEnvelope(1), strips: 2 });
    expect(() => runner.run({ envelope: plainEnvelope(2), strips: 2 })).toThrow('Expected an idle lane but frame 1 is in work');
  });

  it('ends a job once its beginning and its end are known, in whichever order they arrive', () => {
    const { runner, ends, say } = playedRunner();
    runner.run({ envelope: plainEnvelope(1), strips: 2 });
    say('finished', 9n);
    expect([ends, runner.running?.envelope.frameId]).toEqual([[], 1]);
    say('started', 4n);
    say('finished', 10n);
    expect(ends).toMatchObject([{ strips: 2, startedNs: 4n, finishedNs: 9n, isCancelled: false, error: undefined }]);
    expect(runner.running).toBeUndefined();
  });

  it('waits for the failure that it knows of', () => {
    const { runner, ends, say, words, word } = playedRunner();
    runner.run({ envelope: plainEnvelope(1), strips: 2 });
    Atomics.store(words, word('failed'), 1);
    say('started');
    say('finished');
    expect(ends).toEqual([]);
    say('strip-failed');
    expect(ends).toMatchObject([{ error: { message: 'it broke' } }]);
  });

  it('ignores what concerns an earlier job', () => {
    const { runner, ends, say, workers } = playedRunner();
    runner.run({ envelope: plainEnvelope(1), strips: 1 });
    say('started');
    say('finished');
    const [first] = workers.told;
    runner.run({ envelope: plainEnvelope(2), strips: 1 });
    for (const kind of ['started', 'strip-failed', 'finished'] as const) say(kind, 1n, first?.serial);
    expect([ends.length, runner.running?.envelope.frameId]).toEqual([1, 2]);
  });

  it('gives every strip of a new job out anew, in job slots that are used in turn', () => {
    const { runner, say, words, word, workers } = playedRunner();
    for (let frameId = 1; frameId <= 20; frameId++) {
      runner.run({ envelope: plainEnvelope(frameId), strips: 3 });
      const { serial } = workers.told.at(-1) as Run;
      const shared = (['claim', 'total', 'ended', 'failed'] as const).map((name) => words[word(name)]);
      expect(shared).toEqual([claimWord(serial, 0), 3, 0, 0]);
      for (const name of ['ended', 'failed'] as const) Atomics.store(words, word(name), 1);
      for (const kind of ['started', 'strip-failed', 'finished'] as const) say(kind);
    }
    expect(new Set(workers.told.map(({ jobSlot }) => jobSlot)).size).toBe(8);
  });

  it('tells the workers that a job is cancelled, and ends it as cancelled when they have let go of it', () => {
    const { runner, ends, say, words, word } = playedRunner();
    runner.cancel();
    runner.run({ envelope: plainEnvelope(1), strips: 4 });
    runner.cancel();
    expect([words[word('failed')], ends.length]).toEqual([1, 0]);
    say('started');
    say('finished');
    expect(ends).toMatchObject([{ isCancelled: true, error: undefined }]);
  });
});

it('a runner knows how much is done by the strips, or by what a task says of itself, and begins anew with each job', () => {
  const { runner, words, word, say } = playedRunner();
  expect(runner.progress).toBe(0);
  runner.run({ envelope: plainEnvelope(1), strips: 4 });
  Atomics.store(words, word('ended'), 3);
  expect(runner.progress).toBe(0.75);
  say('started');
  say('finished');
  for (let frameId = 2; frameId < 12; frameId++) {
    runner.run({ envelope: plainEnvelope(frameId), strips: 1 });
    expect(runner.progress).toBe(0);
    Atomics.store(words, word('share'), 250);
    expect(runner.progress).toBe(0.25);
    Atomics.store(words, word('ended'), 1);
    expect(runner.progress).toBe(1);
    say('started');
    say('finished');
  }
});

describe('a worker that dies', () => {
  it('fails the job when the others are idle and a strip is still missing', async () => {
    const { runner, workers, ends, say } = playedRunner();
    const idle = Promise.withResolvers<void>();
    runner.run({ envelope: plainEnvelope(1), strips: 2 });
    say('started');
    workers.died.announce({ error: death, othersIdle: idle.promise });
    expect(ends).toEqual([]);
    idle.resolve();
    await idle.promise;
    expect(ends).toMatchObject([{ startedNs: 1n, error: death }]);
  });

  it('fails nothing where the others end the job, nor the next one', async () => {
    const { runner, workers, ends, say } = playedRunner();
    const idle = Promise.withResolvers<void>();
    runner.run({ envelope: plainEnvelope(1), strips: 2 });
    workers.died.announce({ error: death, othersIdle: idle.promise });
    say('started');
    say('finished');
    runner.run({ envelope: plainEnvelope(2), strips: 2 });
    idle.resolve();
    await idle.promise;
    expect([ends.map(({ error }) => error), runner.running?.envelope.frameId]).toEqual([[undefined], 2]);
  });

  it('is followed by one that is told of the job that waits for it', () => {
    const { runner, workers } = playedRunner();
    workers.joined.announce();
    runner.run({ envelope: plainEnvelope(1), strips: 2 });
    workers.joined.announce();
    expect(workers.told.map(({ envelope }) => envelope.frameId)).toEqual([1, 1]);
  });

  it('is followed by one that keeps its hands off a job which may be abandoned, and off its slots', async () => {
    const { runner, workers, ends } = playedRunner();
    const idle = Promise.withResolvers<void>();
    runner.run({ envelope: plainEnvelope(1), strips: 5 });
    workers.died.announce({ error: death, othersIdle: idle.promise });
    workers.joined.announce();
    expect(workers.told).toHaveLength(1);
    idle.resolve();
    await idle.promise;
    expect(ends).toHaveLength(1);
    runner.run({ envelope: plainEnvelope(2), strips: 5 });
    workers.joined.announce();
    expect(workers.told.map(({ envelope }) => envelope.frameId)).toEqual([1, 2, 2]);
  });
});
