import { assert, ResourceError } from '../../base/errors.ts';
import { systemTimer, type Timer } from '../../base/timer.ts';
import { callPermit, type PictureCall } from '../../processor/chain/picture-call.ts';
import type { ProcessorHandle } from '../../processor/processor-handle.ts';

/** What a processor is refused with that is still at a call which was given up: it follows from that call and is no cause of its own. */
export const busyCode = 'processor.busy';

/** Processors with a call that was given up and has not come back. */
const overdue = new WeakSet<ProcessorHandle>();

/**
 * Calls a processor on a thread of its own and waits at most `limitMillis`, which may be `Infinity`. A call that is given up will not
 * write any more; until it comes back, further ones are refused at once, so that a processor which hangs costs the lane its time once and
 * not for every frame.
 */
export async function limitedCall(
  handle: ProcessorHandle,
  call: PictureCall,
  id: string,
  limitMillis: number,
  timer: Timer = systemTimer,
): Promise<void> {
  if (overdue.has(handle)) {
    throw new ResourceError(busyCode, `Expected ${id} to take a frame but it still works on an earlier one`);
  }
  const permit = new Int32Array(new SharedArrayBuffer(4));
  assert(handle.callOnPictures, `Expected ${id} to have a thread for its calls`);
  const answer = handle.callOnPictures({ ...call, permit });
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => {
    const before = Atomics.compareExchange(permit, 0, callPermit.open, callPermit.withdrawn);
    // It writes at this moment: the answer is a matter of milliseconds, and its slot cannot be taken from it.
    if (before !== callPermit.open) return;
    overdue.add(handle);
    const comeBack = (): boolean => overdue.delete(handle);
    answer.then(comeBack, comeBack);
    reject(new ResourceError('processor.slow', `Expected an answer of ${id} within ${limitMillis} ms but received none`));
  };
  const cancel = Number.isFinite(limitMillis) ? timer(limitMillis, giveUp) : () => undefined;
  try {
    await Promise.race([answer, givenUp]);
  } finally {
    cancel();
  }
}
