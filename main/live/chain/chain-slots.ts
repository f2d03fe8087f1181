import { ResourceError } from '../../base/errors.ts';
import type { Lease } from '../../runtime/lease.ts';
import type { ResourceManager } from '../../runtime/resource-manager.ts';
import type { ThreadingManager } from '../../runtime/threading-manager.ts';
import type { LoadedSegment } from './chain-segment.ts';

/** Scratch slots of either side of the ISP at most. */
const mostScratch = 2;

type Size = 'mosaic' | 'picture';

/** The lab's parts that slots come from. */
interface SlotParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
}

/**
 * The frame memory of one chain: slots between its passes, which serve every frame because a lane works on one at a time, and the earlier
 * frames that processors see. Charged to plug-ins. A slot that is never used takes no memory of the machine.
 */
export class ChainSlots {
  readonly #parts: SlotParts;
  readonly #bytes: Readonly<Record<Size, number>>;
  readonly #most: Readonly<Record<Size, number>>;
  readonly #pools: Partial<Record<Size, string>> = {};
  readonly #leases: Lease[] = [];

  /** @param sides segments before and behind the ISP: pools are made for what these can need */
  constructor(
    parts: SlotParts,
    bytes: Readonly<Record<Size, number>>,
    [before, after]: readonly [readonly LoadedSegment[], readonly LoadedSegment[]],
  ) {
    this.#parts = parts;
    this.#bytes = bytes;
    this.#most = { mosaic: slotsOf(before), picture: slotsOf(after) };
  }

  /** A slot that is the chain's until it is closed. Throws ResourceError where plug-ins have no room left for it. */
  take(size: Size): Lease {
    const { resources, threading } = this.#parts;
    let poolId = this.#pools[size];
    if (poolId === undefined) {
      const pool = resources.createPool(`chain-${size}`, this.#bytes[size], this.#most[size]);
      threading.attachPool(pool);
      poolId = pool.poolId;
      this.#pools[size] = poolId;
    }
    const lease = resources.lease(poolId, 'chain', 'plug-ins');
    if (!lease) {
      const mebibytes = Math.round(resources.budgets.budgetBytes('plug-ins') / 2 ** 20);
      const message = `Expected frame memory for the chain but plug-ins may hold ${mebibytes} MiB and need more`;
      throw new ResourceError('chain.memory', message, 'Take out processors that see several frames.');
    }
    this.#leases.push(lease);
    return lease;
  }

  /** Gives everything back. */
  close(): void {
    const { resources, threading } = this.#parts;
    for (const lease of this.#leases.splice(0)) lease.close();
    for (const poolId of Object.values(this.#pools)) resources.retirePool(poolId, () => threading.detachPool(poolId));
  }
}

function slotsOf(segments: readonly LoadedSegment[]): number {
  const windows = segments.reduce((sum, { inputSize }) => sum + (inputSize > 1 ? inputSize : 0), 0);
  return windows + mostScratch;
}
