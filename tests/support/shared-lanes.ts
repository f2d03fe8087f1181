import { afterAll, beforeAll } from 'vitest';
import { ThreadingManager } from '../../main/runtime/threading-manager.ts';

/**
 * Lanes that all tests of a file run their mosaics on, one after the other: to start threads costs more than a small frame. To be called
 * at the file's top; the lanes are there once its tests run.
 */
export function sharedLanes(workerCount: number): () => ThreadingManager {
  let threading: ThreadingManager | undefined;
  beforeAll(async () => {
    threading = await ThreadingManager.start({ realtime: workerCount });
  });
  afterAll(() => threading?.shutdown());
  return () => {
    if (!threading) throw new Error('Expected to be called within a test');
    return threading;
  };
}
