import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process holds after a garbage collection, in bytes. */
export interface ProcessMemory {
  /** JavaScript objects. */
  readonly heap: number;
  /** Memory of array buffers, shared ones included. */
  readonly arrayBuffers: number;
  /** All memory that no file stands behind: both heaps, stacks, whatever was mapped. */
  readonly anonymous: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Collects garbage and measures. */
export function measureMemory(): ProcessMemory {
  // The second one frees what finalizers of the first let go.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const kilobytes = /^Anonymous:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1];
  return { heap: heapUsed, arrayBuffers, anonymous: Number(kilobytes) * 1024 };
}

/** The least of each over several measurements: what allocators keep for a while comes on top, by chance. */
export function leastOf(measurements: readonly ProcessMemory[]): ProcessMemory {
  const least = (field: keyof ProcessMemory) => Math.min(...measurements.map((memory) => memory[field]));
  return { heap: least('heap'), arrayBuffers: least('arrayBuffers'), anonymous: least('anonymous') };
}
