import { type Consumer, consumers } from '../../../main/runtime/budgets.ts';

/** Consumers that give something up when they are asked to; the others are refused what exceeds their budget. */
export const yielding: readonly Consumer[] = ['view', 'fusion'];

interface ModelPool {
  readonly slotBytes: number;
  readonly slots: number;
  /** Retired pools go as soon as nobody holds a slot of them. */
  phase: 'in use' | 'retired' | 'gone';
}

/** A use of a slot, by everybody who holds a lease on it. */
interface Use {
  readonly pool: number;
  readonly holders: Map<number, Consumer>;
}

/** How a plan stands. `impossible`: refused at once, since what it asks for can never be had. */
export type PlanState = 'waiting' | 'granted' | 'cancelled' | 'late' | 'pool gone' | 'impossible';

interface ModelPlan {
  readonly id: number;
  /** Slots of each pool, in the order in which they were asked for. */
  readonly wanted: ReadonlyMap<number, number>;
  /** What is promised and not allocated. */
  readonly held: Map<number, number>;
  readonly hasTimeout: boolean;
  state: PlanState;
}

interface Account {
  budgetBytes: number;
  evictions: number;
  refusals: number;
}

/**
 * The simplest account of frame memory: lists of pools, leases and plans, from which everything else is counted anew each time. It
 * knows nothing of slots' numbers and generations, of promises and of running totals.
 */
export class ModelledMemory {
  readonly pools: ModelPool[] = [];
  readonly plans: ModelPlan[] = [];
  readonly accounts = new Map<Consumer, Account>();
  readonly #uses = new Set<Use>();
  #leases = 0;

  constructor(budgetBytes: Readonly<Record<Consumer, number>>) {
    for (const consumer of consumers) {
      this.accounts.set(consumer, { budgetBytes: budgetBytes[consumer], evictions: 0, refusals: 0 });
    }
  }

  /** Open leases by number, oldest first. */
  get open(): number[] {
    return [...this.#uses].flatMap(({ holders }) => [...holders.keys()]).sort((a, b) => a - b);
  }

  get waiting(): ModelPlan[] {
    return this.plans.filter(({ state }) => state === 'waiting');
  }

  usesOf(pool: number): Use[] {
    return [...this.#uses].filter((use) => use.pool === pool);
  }

  reserved(pool: number): number {
    return this.plans.reduce((sum, { held }) => sum + (held.get(pool) ?? 0), 0);
  }

  bytes(consumer: Consumer): number {
    const sizeOf = (pool: number): number => (this.pools[pool] as ModelPool).slotBytes;
    const leased = [...this.#uses].filter(({ holders }) => [...holders.values()].includes(consumer));
    const promised = consumer === 'fusion' ? this.pools.map(({ slotBytes }, pool) => slotBytes * this.reserved(pool)) : [];
    return [...leased.map(({ pool }) => sizeOf(pool)), ...promised].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The number of the lease, or undefined where it is refused. */
  lease(pool: number, consumer: Consumer): number | undefined {
    if (!this.#makeRoom(consumer, pool)) return undefined;
    while (this.#free(pool) === 0 && consumer === 'camera' && this.evict('fusion'));
    if (this.#free(pool) === 0) {
      this.#serve();
      return undefined;
    }
    return this.#hold({ pool, holders: new Map() }, consumer);
  }

  pin(lease: number, consumer: Consumer): number | undefined {
    const use = this.#slotUse(lease);
    const holdsIt = [...use.holders.values()].includes(consumer);
    return holdsIt || this.#makeRoom(consumer, use.pool) ? this.#hold(use, consumer) : undefined;
  }

  close(lease: number): void {
    const use = this.#slotUse(lease);
    const consumer = use.holders.get(lease) as Consumer;
    use.holders.delete(lease);
    if (use.holders.size === 0) this.#uses.delete(use);
    if (![...use.holders.values()].includes(consumer)) this.#serve();
    this.#letGo(use.pool);
  }

  /** The lease that a consumer gives up first: the oldest that it alone has on its slot. */
  leastValued(consumer: Consumer): number | undefined {
    const only = [...this.#uses].flatMap(({ holders }) => {
      const own = [...holders].filter(([, holder]) => holder === consumer).map(([lease]) => lease);
      return own.length === 1 ? own : [];
    });
    return yielding.includes(consumer) && only.length > 0 ? Math.min(...only) : undefined;
  }

  evict(consumer: Consumer): boolean {
    const lease = this.leastValued(consumer);
    if (lease === undefined) return false;
    this.close(lease);
    this.#account(consumer).evictions += 1;
    return true;
  }

  limit(consumer: Consumer, budgetBytes: number): void {
    this.#account(consumer).budgetBytes = budgetBytes;
    this.#serve();
  }

  reserve(wanted: ReadonlyMap<number, number>, hasTimeout: boolean): ModelPlan {
    const slots = [...wanted].map(([pool, count]) => ({ ...(this.pools[pool] as ModelPool), count }));
    const bytes = slots.reduce((sum, { slotBytes, count }) => sum + slotBytes * count, 0);
    const isPossible =
      slots.every((pool) => pool.phase === 'in use' && pool.count <= pool.slots) && bytes <= this.#account('fusion').budgetBytes;
    const state = isPossible ? 'waiting' : 'impossible';
    const plan: ModelPlan = { id: this.plans.length, wanted, held: new Map(), hasTimeout, state };
    this.plans.push(plan);
    this.#serve();
    return plan;
  }

  /** A plan that waits no longer; one that does not wait keeps what it has. */
  giveUp(id: number, state: 'cancelled' | 'late'): void {
    const plan = this.plans[id] as ModelPlan;
    if (plan.state !== 'waiting') return;
    plan.state = state;
    this.#serve();
  }

  /** The number of the lease, or undefined where nothing of that pool is promised. */
  allocate(id: number, pool: number): number | undefined {
    const { held } = this.plans[id] as ModelPlan;
    const left = held.get(pool) ?? 0;
    if (left === 0) return undefined;
    held.set(pool, left - 1);
    return this.#hold({ pool, holders: new Map() }, 'fusion');
  }

  /** Gives back what is promised, slot by slot. */
  end(id: number): void {
    const { held } = this.plans[id] as ModelPlan;
    for (const pool of held.keys()) {
      while ((held.get(pool) as number) > 0) {
        held.set(pool, (held.get(pool) as number) - 1);
        this.#serve();
        this.#letGo(pool);
      }
    }
  }

  retire(pool: number): void {
    (this.pools[pool] as ModelPool).phase = 'retired';
    for (const plan of this.waiting) if (plan.wanted.has(pool)) plan.state = 'pool gone';
    this.#serve();
    this.#letGo(pool);
  }

  #letGo(pool: number): void {
    const model = this.pools[pool] as ModelPool;
    if (model.phase === 'retired' && this.#free(pool) === model.slots) model.phase = 'gone';
  }

  #free(pool: number): number {
    return (this.pools[pool] as ModelPool).slots - this.usesOf(pool).length - this.reserved(pool);
  }

  #makeRoom(consumer: Consumer, pool: number): boolean {
    const account = this.#account(consumer);
    const { slotBytes } = this.pools[pool] as ModelPool;
    while (this.bytes(consumer) + slotBytes > account.budgetBytes) {
      if (this.evict(consumer)) continue;
      account.refusals += 1;
      return false;
    }
    return true;
  }

  #hold(use: Use, consumer: Consumer): number {
    this.#leases += 1;
    use.holders.set(this.#leases, consumer);
    this.#uses.add(use);
    return this.#leases;
  }

  /** All or nothing, in the order of asking; nobody overtakes in a pool that an earlier plan waits for. */
  #serve(): void {
    const spokenFor = new Set<number>();
    for (const plan of this.waiting) {
      const wanted = [...plan.wanted];
      const bytes = wanted.reduce((sum, [pool, count]) => sum + (this.pools[pool] as ModelPool).slotBytes * count, 0);
      const isFree = wanted.every(([pool, count]) => !spokenFor.has(pool) && this.#free(pool) >= count);
      const room = Math.max(0, this.#account('fusion').budgetBytes - this.bytes('fusion'));
      if (isFree && bytes <= room) {
        plan.state = 'granted';
        for (const [pool, count] of wanted) plan.held.set(pool, count);
      } else {
        for (const [pool] of wanted) spokenFor.add(pool);
      }
    }
  }

  #slotUse(lease: number): Use {
    return [...this.#uses].find(({ holders }) => holders.has(lease)) as Use;
  }

  #account(consumer: Consumer): Account {
    return this.accounts.get(consumer) as Account;
  }
}
