/** What reaches nobody while `operation` runs. Vitest would otherwise fail the run for it. */
export async function uncaughtDuring(operation: () => Promise<void>): Promise<unknown[]> {
  const thrown: unknown[] = [];
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => thrown.push(error));
  try {
    await operation();
    // Microtasks that are queued by now have run when the event loop comes round.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  }
  return thrown;
}
