/** A word that nobody wakes. */
const word = new Int32Array(new SharedArrayBuffer(4));
/** Long enough that the thread is taken off its processor. */
const napMillis = 0.01;

/**
 * Microseconds, whole ones, for which the calling thread has been on a processor since it began. The thread sleeps for a moment: the kernel
 * brings a thread's account up to date where it stops running, and otherwise only with its tick, every 4 ms on many machines. Not for the
 * lab's thread.
 */
export function threadMicros(): number {
  Atomics.wait(word, 0, 0, napMillis);
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
