import { describe, expect, it } from 'vitest';
import { CompletionDispatcher } from '../../../main/runtime/completion-dispatcher.ts';
import { AdmissionDesk, completionOf } from '../../support/admissions.ts';

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
    dispatcher.published.subscribe(({ picture }) => pins.push(picture.pin('view')));
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
    dispatcher.published.subscribe(() => {
      throw new Error('a view that fails');
    });
    dispatcher.completed.subscribe(({ event }) => completed.push(event.frameId));
    const admission = desk.admission(1);
    dispatcher.admit(admission);
    expect(() => dispatcher.complete(completionOf(admission))).toThrow('a view that fails');
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
