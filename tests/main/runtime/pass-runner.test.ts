import { describe, expect, it } from 'vitest';
import { ResourceError } from '../../../main/base/errors.ts';
import { PassRunner } from '../../../main/runtime/pass-runner.ts';
import type { Pass, PassSequence } from '../../../main/runtime/pass-sequence.ts';
import type { JobEnd } from '../../../main/runtime/strip-runner.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { plainEnvelope, ScriptedRunner } from '../../support/scripted-runner.ts';

const lanePass = (frameId: number): Pass => ({ kind: 'lane', envelope: plainEnvelope(frameId), strips: 1 });

/** Names passes in turn and remembers what it heard of each. */
class Script implements PassSequence {
  readonly revision = 1;
  readonly reports = [];
  readonly heard: (string | undefined)[] = [];
  error: PassSequence['error'];
  readonly #passes: (Pass | Error)[];

  constructor(...passes: (Pass | Error)[]) {
    this.#passes = passes;
  }

  next(before: Parameters<PassSequence['next']>[0]): Pass | undefined {
    if (before) this.heard.push(before.error?.message);
    const pass = this.#passes.shift();
    if (pass instanceof Error) throw pass;
    return pass;
  }

  close(): void {
    this.#passes.length = 0;
  }
}

function scripted(): { inner: ScriptedRunner; runner: PassRunner; ends: JobEnd[] } {
  const inner = new ScriptedRunner(() => 1n);
  const runner = new PassRunner(inner);
  const ends: JobEnd[] = [];
  runner.ended.subscribe((end) => ends.push(end));
  return { inner, runner, ends };
}

describe('a runner of passes', () => {
  it('refuses a second job while one is between its passes', async () => {
    const { runner } = scripted();
    const { promise, resolve } = Promise.withResolvers<void>();
    runner.run({ envelope: plainEnvelope(1), strips: 1, passes: new Script({ kind: 'outside', run: () => promise }) });
    expect(() => runner.run({ envelope: plainEnvelope(2), strips: 1 })).toThrow('Expected an idle lane but frame 1 is in work');
    const ended = nextOf(runner.ended, 'the end', () => true);
    resolve();
    expect((await ended).error).toBeUndefined();
  });

  it('lets a job without passes through as it is', () => {
    const { inner, runner, ends } = scripted();
    runner.run({ envelope: plainEnvelope(1), strips: 3 });
    inner.end();
    expect(ends).toMatchObject([{ envelope: { frameId: 1 }, strips: 3, error: undefined }]);
  });

  it('begins each pass when the one before has ended, and tells the sequence what became of it', () => {
    const { inner, runner, ends } = scripted();
    const script = new Script(lanePass(11), lanePass(12), lanePass(13));
    runner.run({ envelope: plainEnvelope(1), strips: 1, passes: script });
    const ran: (number | undefined)[] = [];
    for (const error of [undefined, { code: 'lab.unexpected', message: 'it broke' }, undefined]) {
      ran.push(inner.running?.envelope.frameId);
      expect([runner.running?.envelope.frameId, ends.length]).toEqual([1, 0]);
      inner.end(error);
    }
    expect(ran).toEqual([11, 12, 13]);
    expect(script.heard).toEqual([undefined, 'it broke', undefined]);
    // Whether a pass that failed costs the frame is for the sequence to say.
    expect(ends).toMatchObject([{ envelope: { frameId: 1 }, error: undefined, isCancelled: false }]);
    expect(runner.running).toBeUndefined();
  });

  it('fails the frame where the sequence says so, where it throws, and where a pass outside does', async () => {
    const { inner, runner, ends } = scripted();
    const failing = new Script(lanePass(11));
    runner.run({ envelope: plainEnvelope(1), strips: 1, passes: failing });
    failing.error = { code: 'lab.unexpected', message: 'without it there is no picture' };
    inner.end();
    runner.run({ envelope: plainEnvelope(2), strips: 1, passes: new Script(lanePass(12), new Error('a fault of its own')) });
    inner.end();
    const outside = new Script({ kind: 'outside', run: () => Promise.reject(new ResourceError('processor.slow', 'too slow')) });
    const ended = nextOf(runner.ended, 'the end', ({ envelope }) => envelope.frameId === 3);
    runner.run({ envelope: plainEnvelope(3), strips: 1, passes: outside });
    await ended;
    expect(ends.map(({ error }) => error?.message)).toEqual(['without it there is no picture', 'a fault of its own', undefined]);
    expect(outside.heard).toEqual(['too slow']);
  });

  it('begins no pass after a cancellation, and none where every worker has died meanwhile', () => {
    const { inner, runner, ends } = scripted();
    runner.run({ envelope: plainEnvelope(1), strips: 1, passes: new Script(lanePass(11), lanePass(12)) });
    runner.cancel();
    inner.end();
    runner.run({ envelope: plainEnvelope(2), strips: 1, passes: new Script(lanePass(21), lanePass(22)) });
    inner.workers.obstacle = new ResourceError('runtime.no-workers', 'none is left');
    inner.end();
    expect(ends).toMatchObject([{ isCancelled: true }, { isCancelled: false, error: { code: 'runtime.no-workers' } }]);
  });
});
