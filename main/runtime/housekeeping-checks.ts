import { millisBetween } from '../base/clock.ts';
import type { Consumer } from './budgets.ts';
import type { Envelope, LaneName } from './envelope.ts';
import type { OpenLease, OpenReservation } from './lease.ts';
import type { ReservationRequest } from './reservations.ts';

/** When something is amiss. */
export interface HousekeepingLimits {
  /** Time to live of a lease, by who pays for it. */
  readonly leaseMillis: Readonly<Record<Consumer, number>>;
  /** Longest wait for a plan's slots. */
  readonly reservationMillis: number;
  /** Longest stay of a plan in one state. */
  readonly planMillis: number;
  /** Time from queueing to completion. */
  readonly envelopeMillis: Readonly<Record<LaneName, number>>;
  /** A queue grows when it never shrank over so many rounds and is longer by so many items. */
  readonly queueRounds: number;
  readonly queueItems: number;
  readonly diskLowBytes: number;
  readonly diskFullBytes: number;
  /** Share of the machine's memory, 0 to 1. */
  readonly memoryShare: number;
}

/**
 * What the lab lives by. A driver keeps its buffers while a camera waits for light or a trigger, and what the background does takes
 * minutes where nobody leaves it a processor.
 */
export const usualLimits: HousekeepingLimits = {
  // A chain keeps its slots for as long as it runs, which is no leak.
  leaseMillis: {
    camera: 60_000,
    lane: 120_000,
    view: 60_000,
    recorder: 60_000,
    fusion: 300_000,
    'plug-ins': Number.POSITIVE_INFINITY,
  },
  reservationMillis: 10_000,
  planMillis: 120_000,
  envelopeMillis: { realtime: 10_000, background: 300_000 },
  queueRounds: 5,
  queueItems: 8,
  diskLowBytes: 2 ** 30,
  diskFullBytes: 200 * 2 ** 20,
  memoryShare: 0.8,
};

/** Once a watermark is crossed, it takes this much more to be well again: a finding must not come and go with every round. */
const recovery = 1.2;

/** What may be done about a finding without harm to anybody. */
export type Remedy =
  | { readonly kind: 'evict'; readonly consumer: Consumer }
  | { readonly kind: 'cancel-plan'; readonly planId: number }
  | { readonly kind: 'drop-spare-memory' };

/** Something that is amiss. */
export interface Finding {
  /** Equal for the same trouble in every round. */
  readonly key: string;
  readonly level: 'warning' | 'error';
  /** Part of the lab that it concerns. */
  readonly area: 'memory' | 'plans' | 'lanes' | 'disk';
  readonly code: `housekeeping.${string}`;
  /** What it means for the person at the lab, without a word of how the lab is made. */
  readonly message: string;
  readonly action: string;
  /** What that person is told when it is over. */
  readonly goneMessage: string;
  /** The same in the lab's own terms, with names and places, for the log. */
  readonly technical: string;
  /** Names and numbers for a program. */
  readonly detail: Readonly<Record<string, string | number>>;
  readonly remedy?: Remedy;
}

/** Queues that may grow. */
export type QueueName = 'background-lane' | 'frames-to-announce';

/** What a person can be told of a queue that grows. */
const queueWords: Readonly<Record<QueueName, (length: number) => Pick<Finding, 'message' | 'action' | 'goneMessage'>>> = {
  'background-lane': (length) => ({
    message: `Work behind the live picture piles up: ${length} steps wait, and more come than are done.`,
    action: 'Let merges, developments and analyses end before you start others, or choose a smaller mode of the source.',
    goneMessage: 'Work behind the live picture keeps up again.',
  }),
  'frames-to-announce': (length) => ({
    message: `The picture is held up: ${length} finished frames wait for an earlier one that does not finish.`,
    action: 'If the picture stands still, stop the stream and play it again (Space, twice).',
    goneMessage: 'The picture is no longer held up.',
  }),
};

/** Who holds frames, for a person, and what that person can do to have them given back. */
const holders: Readonly<Record<Consumer, readonly [who: string, action: string]>> = {
  camera: ['the source', 'If no picture comes, stop the stream and play it again (Space, twice).'],
  lane: ['processing', 'Stop the stream and play it again (Space, twice).'],
  view: ['a page that shows the picture', 'Close other pages of this lab, or reload this one.'],
  recorder: ['the recording', 'Stop the recording, or record to a faster disk.'],
  fusion: ['merges and what they keep for later', 'Cancel the merge, or stop the stream and play it again (Space, twice).'],
  'plug-ins': ['the chain of processors', 'Take processors out of the chain, or choose a smaller mode of the source.'],
};

/** The lab at one instant, as the checks see it. */
export interface HousekeepingState {
  /** CLOCK_MONOTONIC. */
  readonly nowNs: bigint;
  readonly leases: readonly OpenLease[];
  readonly granted: readonly OpenReservation[];
  readonly reservations: readonly ReservationRequest[];
  readonly plans: readonly { readonly planId: number; readonly state: string }[];
  readonly envelopes: readonly Envelope[];
  readonly queues: ReadonlyMap<QueueName, number>;
  readonly diskFreeBytes: number | undefined;
  readonly memory: { readonly residentBytes: number; readonly totalBytes: number };
  /** Keys of the findings of the last round. */
  readonly known: ReadonlySet<string>;
}

/** Remembers since when each thing has been in its present state, by looking every round. */
export class StateWatch<K> {
  #seen = new Map<K, { readonly state: string; readonly sinceNs: bigint }>();

  /** Since when each of them is as it is; things that are no longer there are forgotten. */
  since(states: ReadonlyMap<K, string>, nowNs: bigint): ReadonlyMap<K, bigint> {
    const seen = new Map<K, { readonly state: string; readonly sinceNs: bigint }>();
    for (const [thing, state] of states) {
      const before = this.#seen.get(thing);
      seen.set(thing, before?.state === state ? before : { state, sinceNs: nowNs });
    }
    this.#seen = seen;
    return new Map([...seen].map(([thing, { sinceNs }]) => [thing, sinceNs]));
  }
}

/** Remembers the lengths of queues over some rounds. */
export class QueueWatch {
  readonly #lengths = new Map<QueueName, number[]>();

  findings({ queues }: HousekeepingState, { queueRounds, queueItems }: HousekeepingLimits): Finding[] {
    return [...queues].flatMap(([name, length]) => {
      const lengths = [...(this.#lengths.get(name) ?? []), length].slice(-queueRounds);
      this.#lengths.set(name, lengths);
      const grows = lengths.every((later, index) => index === 0 || later >= (lengths[index - 1] as number));
      const items = length - (lengths[0] as number);
      if (lengths.length < queueRounds || !grows || items < queueItems) return [];
      const technical = `${name} grew by ${items} to ${length} waiting items over ${queueRounds} rounds and never shrank.`;
      const words = { ...queueWords[name](length), technical, detail: { queue: name, length, grownBy: items } };
      return [{ key: `queue/${name}`, level: 'warning', area: 'lanes', code: 'housekeeping.queue-grows', ...words }];
    });
  }
}

/** Leases past their time to live, together by owner. Where the payer gives up leases by itself, it is asked to. */
export function leaseFindings({ leases, nowNs }: HousekeepingState, { leaseMillis }: HousekeepingLimits): Finding[] {
  const overdue = leases.filter(({ consumer, takenNs }) => millisBetween(takenNs, nowNs) > leaseMillis[consumer]);
  return groupsOf(overdue, ({ consumer, owner }) => `lease/${consumer}/${owner}`).map(([key, group]) => {
    const oldest = group.reduce((a, b) => (b.takenNs < a.takenNs ? b : a));
    const { owner, consumer } = oldest;
    const takenAt = oldest.takenAt();
    const [who, action] = holders[consumer];
    const bytes = group.reduce((sum, lease) => sum + lease.bytes, 0);
    const seconds = secondsBetween(oldest.takenNs, nowNs);
    return {
      key,
      level: 'warning',
      area: 'memory',
      code: 'housekeeping.lease-overdue',
      message: `${mebibytesText(bytes)} of frame memory have been in use by ${who} for ${seconds} s; live frames may be dropped for want of it.`,
      action,
      goneMessage: `The frame memory in use by ${who} was given back.`,
      technical: `${owner} holds ${group.length} frame slots for up to ${seconds} s; the oldest was taken at ${takenAt}.`,
      detail: { owner, consumer, leases: group.length, bytes, seconds, pool: oldest.handle.poolId, takenAt },
      remedy: { kind: 'evict', consumer },
    };
  });
}

/** Granted reservations whose slots are not taken in the time that a lease of a fusion has. Whoever holds one may still take them. */
export function grantFindings({ granted, nowNs }: HousekeepingState, { leaseMillis }: HousekeepingLimits): Finding[] {
  const overdue = granted.filter(({ grantedNs }) => millisBetween(grantedNs, nowNs) > leaseMillis.fusion);
  return groupsOf(overdue, ({ owner }) => `granted/${owner}`).map(([key, group]) => {
    const [oldest] = group as [OpenReservation, ...OpenReservation[]];
    const { owner, grantedNs } = oldest;
    const askedAt = oldest.askedAt();
    const bytes = group.reduce((sum, reservation) => sum + reservation.bytes, 0);
    const seconds = secondsBetween(grantedNs, nowNs);
    return {
      key,
      level: 'warning',
      area: 'plans',
      code: 'housekeeping.reservation-overdue',
      message: `A merge set ${mebibytesText(bytes)} of frame memory aside ${seconds} s ago and has not begun.`,
      action: 'Cancel the merge and start it again.',
      goneMessage: 'The frame memory that a merge had set aside is free again.',
      technical: `${owner} has not used the frame slots that it reserved ${seconds} s ago at ${askedAt}.`,
      detail: { owner, bytes, seconds, askedAt },
    };
  });
}

/** Plans that wait for slots for long. What the fusions keep for later is what they can do without first. */
export function reservationFindings(
  { reservations, nowNs }: HousekeepingState,
  since: ReadonlyMap<object, bigint>,
  { reservationMillis }: HousekeepingLimits,
): Finding[] {
  return reservations.flatMap((request) => {
    const sinceNs = since.get(request) ?? nowNs;
    if (millisBetween(sinceNs, nowNs) <= reservationMillis) return [];
    const seconds = secondsBetween(sinceNs, nowNs);
    const slots = Object.entries(request.slots).map(([poolId, count]) => `${count} of ${poolId}`);
    const finding: Finding = {
      key: `reservation/${request.owner}`,
      level: 'warning',
      area: 'plans',
      code: 'housekeeping.reservation-waits',
      message: `A merge has waited ${seconds} s for free frame memory.`,
      action: 'It begins by itself once there is some; fewer frames or a smaller mode of the source need less.',
      goneMessage: 'The merge no longer waits for frame memory.',
      technical: `${request.owner} has waited ${seconds} s for frame slots (${slots.join(', ')}).`,
      detail: { owner: request.owner, slots: slots.join(', '), seconds },
      remedy: { kind: 'evict', consumer: 'fusion' },
    };
    return [finding];
  });
}

/** Plans that nobody drives any more: they are cancelled, which gives back all that they hold. */
export function planFindings(
  { plans, nowNs }: HousekeepingState,
  since: ReadonlyMap<number, bigint>,
  { planMillis }: HousekeepingLimits,
): Finding[] {
  return plans.flatMap(({ planId, state }) => {
    const sinceNs = since.get(planId) ?? nowNs;
    if (millisBetween(sinceNs, nowNs) <= planMillis) return [];
    const seconds = secondsBetween(sinceNs, nowNs);
    const finding: Finding = {
      key: `plan/${planId}`,
      level: 'warning',
      area: 'plans',
      code: 'housekeeping.plan-dead',
      message: `A merge made no progress for ${seconds} s and was cancelled.`,
      action: 'Start it again.',
      goneMessage: 'The merge that made no progress is gone.',
      technical: `Fusion plan ${planId} was ${state} for ${seconds} s and is cancelled.`,
      detail: { planId, state, seconds },
      remedy: { kind: 'cancel-plan', planId },
    };
    return [finding];
  });
}

/** Envelopes that were taken and never completed, by lane and stage. Their slots cannot be taken back: a worker may be writing. */
export function envelopeFindings({ envelopes, nowNs }: HousekeepingState, { envelopeMillis }: HousekeepingLimits): Finding[] {
  const stuck = envelopes.filter(({ lane, queuedNs }) => millisBetween(queuedNs, nowNs) > envelopeMillis[lane]);
  return groupsOf(stuck, ({ lane, stage }) => `envelope/${lane}/${stage}`).map(([key, group]) => {
    const oldest = group.reduce((a, b) => (b.queuedNs < a.queuedNs ? b : a));
    const { lane, stage, frameId, streamId } = oldest;
    const seconds = secondsBetween(oldest.queuedNs, nowNs);
    return {
      key,
      level: 'error',
      area: 'lanes',
      code: 'housekeeping.envelope-stuck',
      message:
        lane === 'realtime'
          ? `The processing of a frame (${stage}) has not ended for ${seconds} s: the picture may stand still.`
          : `Work behind the live picture (${stage}) has not ended for ${seconds} s.`,
      action: 'Stop the stream and play it again (Space, twice); where that does not help, restart Camera Lab.',
      goneMessage: `No work (${stage}) is stuck any more.`,
      technical: `${stage} has not completed ${group.length} frames of the ${lane} lane; the oldest, ${frameId}, waits for ${seconds} s.`,
      detail: { lane, stage, streamId, frameId, envelopes: group.length, seconds },
    };
  });
}

/** The space that is left where the lab writes. */
export function diskFindings({ diskFreeBytes, known }: HousekeepingState, limits: HousekeepingLimits): Finding[] {
  if (diskFreeBytes === undefined) return [];
  const isBelow = (key: string, bytes: number): boolean => diskFreeBytes < bytes * (known.has(key) ? recovery : 1);
  const isFull = isBelow('disk/full', limits.diskFullBytes);
  if (!isFull && !isBelow('disk/low', limits.diskLowBytes)) return [];
  const message = `${mebibytesText(diskFreeBytes)} are left on the disk that recordings go to.`;
  return [
    {
      key: isFull ? 'disk/full' : 'disk/low',
      level: isFull ? 'error' : 'warning',
      area: 'disk',
      code: isFull ? 'housekeeping.disk-full' : 'housekeeping.disk-low',
      message,
      action: 'Free some space, or choose another data folder.',
      goneMessage: 'The disk that recordings go to has room again.',
      technical: message,
      detail: { freeBytes: diskFreeBytes },
    },
  ];
}

/** What the process holds of the machine's memory. */
export function memoryFindings({ memory, known }: HousekeepingState, { memoryShare }: HousekeepingLimits): Finding[] {
  const share = memory.residentBytes / memory.totalBytes;
  if (share <= (known.has('memory/high') ? memoryShare / recovery : memoryShare)) return [];
  const message = `Camera Lab holds ${Math.round(share * 100)} % of this machine's memory.`;
  return [
    {
      key: 'memory/high',
      level: 'warning',
      area: 'memory',
      code: 'housekeeping.memory-high',
      message,
      action: 'Choose a smaller mode of the source, or close other programs.',
      goneMessage: 'Camera Lab holds less of this machine’s memory again.',
      technical: message,
      detail: { residentBytes: memory.residentBytes, totalBytes: memory.totalBytes },
      remedy: { kind: 'drop-spare-memory' },
    },
  ];
}

/** In the order in which the groups first appear. */
function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): [key: string, group: T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}

function mebibytesText(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}

function secondsBetween(startNs: bigint, endNs: bigint): number {
  return Math.round(millisBetween(startNs, endNs) / 1000);
}
