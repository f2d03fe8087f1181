import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Admission, CompletionDispatcher } from '../../../main/runtime/completion-dispatcher.ts';
import type { Lease } from '../../../main/runtime/lease.ts';
import { AdmissionDesk, completionOf } from '../../support/admissions.ts';
import { faultsOfTest } from '../../support/faults.ts';

describe('a dispatcher that is misused', () => {
  it('refuses an envelope that is under way', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    dispatcher.admit(desk.admission(1));
    expect(() => dispatcher.admit(desk.admission(1))).toThrow('Expected a new envelope but received frame 1/fast-isp again');
  });

  it('ignores and counts completions that nobody waits for', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const completed: number[] = [];
    dispatcher.completed.subscribe(({ event }) => completed.push(event.frameId));
    const admission = desk.admission(1);
    dispatcher.complete(completionOf(admission));
    dispatcher.admit(admission);
    dispatcher.complete(completionOf(admission));
    dispatcher.complete(completionOf(admission));
    dispatcher.complete({ ...completionOf(admission), frameId: 9 });
    expect([completed, dispatcher.ignored]).toEqual([[1], 3]);
  });
});

describe('a completed envelope', () => {
  it('is published while its picture is leased, and announced when its leases are closed', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const order: (readonly [string, number])[] = [];
    dispatcher.published.subscribe(({ picture }) => order.push([`published ${picture.bytes().length}`, desk.slotsInUse]));
    dispatcher.completed.subscribe(() => order.push(['completed', desk.slotsInUse]));
    const admission = desk.admission(1);
    dispatcher.admit(admission);
    dispatcher.complete(completionOf(admission));
    expect(order).toEqual([
      ['published 32', 2],
      ['completed', 0],
    ]);
    expect(dispatcher.dispatchMillis.size).toBe(1);
  });

  it.each(['failed', 'replaced'] as const)('is not published when it %s, but gives everything back', (status) => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const published: number[] = [];
    const completed: string[] = [];
    dispatcher.published.subscribe(({ event }) => published.push(event.frameId));
    dispatcher.completed.subscribe(({ event }) => completed.push(event.status));
    const admission = desk.admission(1);
    dispatcher.admit(admission);
    dispatcher.complete(completionOf(admission, status));
    expect([published, completed, desk.slotsInUse]).toEqual([[], [status], 0]);
  });

  it('leaves a picture with whoever pinned it', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const pins = [] as ReturnType<AdmissionDesk['lease']>[];
    dispatcher.published.subscribe(({ picture }) => pins.push(picture.pin('view') as Lease));
    const admission = desk.admission(1);
    dispatcher.admit(admission);
    dispatcher.complete(completionOf(admission));
    expect(desk.slotsInUse).toBe(1);
    pins[0]?.close();
    expect(desk.slotsInUse).toBe(0);
  });

  it('closes its leases and is announced although a listener throws', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const completed: number[] = [];
    const faults = faultsOfTest();
    dispatcher.published.subscribe(() => {
      throw new Error('a view that fails');
    });
    dispatcher.completed.subscribe(({ event }) => completed.push(event.frameId));
    const admission = desk.admission(1);
    dispatcher.admit(admission);
    dispatcher.complete(completionOf(admission));
    expect(faults).toMatchObject([{ message: 'a view that fails' }]);
    expect([completed, desk.slotsInUse, dispatcher.pending()]).toEqual([[1], 0, 0]);
  });
});

describe('a pending envelope', () => {
  it('counts until it is completed, for its model and in all', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const admissions = [desk.admission(1, 'old'), desk.admission(2, 'old'), desk.admission(3, 'new')];
    for (const admission of admissions) dispatcher.admit(admission);
    const pending = (): number[] => [dispatcher.pending(), dispatcher.pending('old'), dispatcher.pending('new')];
    expect(pending()).toEqual([3, 2, 1]);
    const seen: number[][] = [];
    dispatcher.completed.subscribe(() => seen.push(pending()));
    for (const admission of admissions) dispatcher.complete(completionOf(admission));
    expect(seen).toEqual([
      [2, 1, 1],
      [1, 0, 1],
      [0, 0, 0],
    ]);
  });
});

describe('work without a picture', () => {
  it('settles with its completion when its leases are closed, and is announced', async () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const { envelope, mosaic, picture } = desk.admission(1);
    const worked: string[] = [];
    dispatcher.worked.subscribe(({ status }) => worked.push(`${status} ${desk.slotsInUse}`));
    const completion = dispatcher.admitWork(envelope, [mosaic, picture]);
    expect(() => dispatcher.admitWork(envelope, [])).toThrow('Expected a new envelope but received frame 1/fast-isp again');
    expect(dispatcher.open()).toEqual([envelope]);
    const event = completionOf({ envelope } as Admission, 'cancelled');
    dispatcher.complete(event);
    dispatcher.complete(event);
    await expect(completion).resolves.toBe(event);
    expect([worked, dispatcher.ignored, dispatcher.pending()]).toEqual([['cancelled 0'], 1, 0]);
  });

  it('gives everything back when no lane has taken it, and hears of nothing any more', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const { envelope, mosaic, picture } = desk.admission(1);
    void dispatcher.admitWork(envelope, [mosaic, picture]);
    dispatcher.withdraw(envelope);
    dispatcher.withdraw(envelope);
    expect([desk.slotsInUse, dispatcher.open()]).toEqual([0, []]);
    dispatcher.complete(completionOf({ envelope } as Admission));
    expect(dispatcher.ignored).toBe(1);
  });
});

describe('frames that complete out of order', () => {
  it('give their leases back at once and are announced in the order of their admission', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const announced: string[] = [];
    dispatcher.completed.subscribe(({ event }) => announced.push(`${event.streamId} ${event.frameId}`));
    const admissions = [1, 2, 3].map((frameId) => desk.admission(frameId));
    const other = desk.admission(4);
    const elsewhere = { ...other, envelope: { ...other.envelope, streamId: 'other' } };
    for (const admission of [...admissions, elsewhere]) dispatcher.admit(admission);
    const [first, second, third] = admissions as [Admission, Admission, Admission];
    dispatcher.complete(completionOf(third));
    dispatcher.complete(completionOf(second, 'replaced'));
    expect([announced, desk.slotsInUse, dispatcher.unannounced]).toEqual([[], 4, 2]);
    dispatcher.complete(completionOf(elsewhere));
    dispatcher.complete(completionOf(first));
    expect([announced, desk.slotsInUse]).toEqual([['other 4', 'test 1', 'test 2', 'test 3'], 0]);
    expect(dispatcher.unannounced).toBe(0);
  });

  it('are all announced although a listener throws', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const announced: number[] = [];
    const faults = faultsOfTest();
    dispatcher.completed.subscribe(({ event }) => {
      announced.push(event.frameId);
      throw new Error(`frame ${event.frameId}`);
    });
    const admissions = [1, 2, 3].map((frameId) => desk.admission(frameId));
    for (const admission of admissions) dispatcher.admit(admission);
    for (const admission of admissions.slice(1)) dispatcher.complete(completionOf(admission));
    dispatcher.complete(completionOf(admissions[0] as Admission));
    expect(faults).toMatchObject([1, 2, 3].map((frameId) => ({ message: `frame ${frameId}` })));
    expect([announced, dispatcher.unannounced]).toEqual([[1, 2, 3], 0]);
  });

  it('are announced when a listener ends their stream and begins it anew', () => {
    const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
    const announced: number[] = [];
    const last = desk.admission(3);
    dispatcher.completed.subscribe(({ event }) => {
      announced.push(event.frameId);
      if (event.frameId !== 1) return;
      const next = desk.admission(2);
      dispatcher.admit(next);
      dispatcher.complete(completionOf(next));
      dispatcher.admit(last);
    });
    const first = desk.admission(1);
    dispatcher.admit(first);
    dispatcher.complete(completionOf(first));
    dispatcher.complete(completionOf(last));
    expect(announced).toEqual([1, 2, 3]);
  });
});

type Step = { readonly kind: 'admit' | 'work' | 'complete' | 'again' | 'withdraw'; readonly line: number; readonly pick: number };

const statuses = ['done', 'failed', 'replaced', 'expired', 'cancelled'] as const;
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('admit', 'admit', 'work', 'complete', 'complete', 'complete', 'again', 'withdraw'),
  line: fc.nat(2),
  pick: fc.nat(100),
});

describe('CompletionDispatcher, whatever the order', () => {
  it('announces every admission once, in order, closes every lease at once and counts what comes late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        const [desk, dispatcher] = [new AdmissionDesk(), new CompletionDispatcher()];
        const announced: Record<string, number[]> = {};
        const admitted: Record<string, number[]> = {};
        const settled: number[] = [];
        const [open, ended]: [(Admission & { isWork: boolean })[], Admission[]] = [[], []];
        let works = 0;
        let late = 0;
        dispatcher.completed.subscribe(({ event }) => {
          const { streamId, frameId } = event;
          announced[streamId] = [...(announced[streamId] ?? []), frameId];
        });
        const end = (index: number, pick: number): void => {
          const [admission] = open.splice(index, 1) as [Admission & { isWork: boolean }];
          ended.push(admission);
          if (admission.isWork) works += 1;
          dispatcher.complete(completionOf(admission, statuses[pick % statuses.length]));
        };
        for (const [frameId, { kind, line, pick }] of steps.entries()) {
          const index = pick % Math.max(1, open.length);
          if ((kind === 'admit' || kind === 'work') && open.length < 8) {
            const made = desk.admission(frameId);
            const admission = { ...made, isWork: kind === 'work', envelope: { ...made.envelope, streamId: `line ${line}` } };
            open.push(admission);
            const { envelope, mosaic, picture } = admission;
            if (kind === 'work') {
              void dispatcher.admitWork(envelope, [mosaic, picture]).then((event) => settled.push(event.frameId));
            } else {
              admitted[envelope.streamId] = [...(admitted[envelope.streamId] ?? []), frameId];
              dispatcher.admit(admission);
            }
          } else if (kind === 'complete' && open.length > 0) {
            end(index, pick);
          } else if (kind === 'again' && ended.length > 0) {
            late += 1;
            dispatcher.complete(completionOf(ended[pick % ended.length] as Admission));
          } else if (kind === 'withdraw' && open[index]?.isWork) {
            const [admission] = open.splice(index, 1) as [Admission & { isWork: boolean }];
            dispatcher.withdraw(admission.envelope);
            ended.push(admission);
          }
          expect([desk.slotsInUse, dispatcher.pending(), dispatcher.ignored]).toEqual([open.length * 2, open.length, late]);
          for (const [streamId, frames] of Object.entries(announced)) {
            expect(frames).toEqual(admitted[streamId]?.slice(0, frames.length));
          }
        }
        while (open.length > 0) end(open.length - 1, open.length);
        await Promise.resolve();
        expect(announced).toEqual(admitted);
        expect([settled.length, desk.slotsInUse, dispatcher.unannounced]).toEqual([works, 0, 0]);
      }),
      { numRuns: 2000 },
    );
  });
});
