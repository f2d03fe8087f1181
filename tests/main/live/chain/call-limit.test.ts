import { describe, expect, it } from 'vitest';
import { limitedCall } from '../../../../main/live/chain/call-limit.ts';
import { callPermit, type PictureCall } from '../../../../main/processor/chain/picture-call.ts';
import { inlineHandle, type ProcessorHandle } from '../../../../main/processor/processor-handle.ts';
import { halfProcessor } from '../../processor/example-processors.ts';

const call: PictureCall = { pictures: [], result: new Uint8Array(4), width: 1, height: 1, prompts: [], values: {} };

/** A processor on a thread of its own that answers when the test says so, and a timer that fires when it says so. */
function played() {
  const calls: { readonly permit: Int32Array; readonly answer: () => void }[] = [];
  const handle: ProcessorHandle = {
    ...inlineHandle(halfProcessor),
    callOnPictures: ({ permit }) => new Promise((resolve) => calls.push({ permit: permit as Int32Array, answer: resolve })),
  };
  let fire = (): void => undefined;
  const begin = (): Promise<void> =>
    limitedCall(handle, call, 'half', 20, (_, callback) => {
      fire = callback;
      return () => undefined;
    });
  return { calls, begin, fire: () => fire() };
}

describe('a call with a limit', () => {
  it('is given up when its time is over: it must not write then, and no other is begun before it has come back', async () => {
    const { calls, begin, fire } = played();
    const slow = begin();
    fire();
    await expect(slow).rejects.toThrow('Expected an answer of half within 20 ms but received none');
    expect(calls[0]?.permit[0]).toBe(callPermit.withdrawn);
    await expect(begin()).rejects.toThrow('Expected half to take a frame but it still works on an earlier one');
    expect(calls).toHaveLength(1);
    calls[0]?.answer();
    await Promise.resolve();
    const next = begin();
    calls[1]?.answer();
    await expect(next).resolves.toBeUndefined();
  });

  it('is waited for without a timer where it has none', async () => {
    let answer = (): void => undefined;
    const handle = { ...inlineHandle(halfProcessor), callOnPictures: () => new Promise<void>((resolve) => (answer = resolve)) };
    const slow = limitedCall(handle, call, 'half', Number.POSITIVE_INFINITY, () => {
      throw new Error('Expected no timer');
    });
    answer();
    await expect(slow).resolves.toBeUndefined();
  });

  it('is waited for where it already writes: its memory cannot be taken away', async () => {
    const { calls, begin, fire } = played();
    const late = begin();
    Atomics.store(calls[0]?.permit as Int32Array, 0, callPermit.writing);
    fire();
    calls[0]?.answer();
    await expect(late).resolves.toBeUndefined();
  });
});
