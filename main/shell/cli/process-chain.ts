import { readFile } from 'node:fs/promises';
import { millisBetween } from '../../base/clock.ts';
import { defaultDataFolder, packageSettingsFile, processorsFolder } from '../../base/data-folder.ts';
import { assert, errorFromRecord, InputError, messageOf } from '../../base/errors.ts';
import { systemTimer, type Timer } from '../../base/timer.ts';
import { Catalogue } from '../../live/chain/catalogue.ts';
import { parseStoredChain } from '../../live/chain/chain-file.ts';
import { type ChainMember, memberText } from '../../live/chain/chain-member.ts';
import type { LoadedSegment } from '../../live/chain/chain-segment.ts';
import { comparisonFailure } from '../../live/chain/comparison-desk.ts';
import { membersOf, singleChain } from '../../live/chain/stored-members.ts';
import type { MakeAround } from '../../live/single-frame.ts';
import { builtinProcessors } from '../../processor/builtin/builtin-processors.ts';
import { PackageLibrary } from '../../processor/packages/package-library.ts';
import { PackageSettings } from '../../processor/packages/package-settings.ts';
import type { ProcessorHandle } from '../../processor/processor-handle.ts';
import type { CompletionEvent } from '../../runtime/envelope.ts';
import { compareSessions } from '../../runtime/session-comparer.ts';
import type { SessionComparison } from '../../runtime/session-comparison.ts';
import { ownIds } from './export-subjects.ts';

/** What an entry of a chain took of one frame. */
export interface EntryTime {
  readonly key: string;
  readonly processorId: string;
  readonly place: ChainMember['item']['place'];
  /** Of its session, from the first strip to the last. */
  readonly millis: number;
  /** Entries that share the session, and so the time. */
  readonly sharedBy: number;
}

/**
 * Entries that share a session against the same with a session each, in milliseconds of one core: medians, as `chain.comparisons` has them,
 * to a hundredth.
 */
export interface SharedSession extends SessionComparison {
  readonly keys: readonly string[];
}

/**
 * Hands over what builds the chain of a file, as the lab keeps it, and its members; only packages that it names are opened, and closed
 * when `use` has ended. A package may take as long over the frame as it needs; `note` is told of it meanwhile. `segments` are those of the
 * chain that was built last. Rejects with an InputError for what the file names and there is not.
 */
export async function withChain<T>(
  path: string,
  note: (text: string) => void,
  use: (around: MakeAround, members: readonly ChainMember[], segments: () => readonly LoadedSegment[]) => Promise<T>,
): Promise<T> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(
      'cli.chain',
      `Expected a readable file for --chain but received ${path}: ${messageOf(cause)}`,
      undefined,
      cause,
    );
  });
  const chain = parseStoredChain(text, path);
  const settings = await PackageSettings.open(packageSettingsFile(defaultDataFolder()));
  const userFolder = processorsFolder(defaultDataFolder());
  // Whoever waits for a file ends it when it takes too long; loading and planning have their limit all the same.
  const host = { callMillis: Number.POSITIVE_INFINITY };
  const wantedIds = chain.entries.map(({ processorId }) => processorId);
  const library = new PackageLibrary({ userFolder, settings, takenIds: ownIds, wantedIds, watch: () => undefined, host });
  try {
    const isOwn = ({ processorId }: { readonly processorId: string }): boolean =>
      builtinProcessors.some(({ id }) => id === processorId);
    if (!chain.entries.every(isOwn)) await library.refresh();
    const kept = membersOf(chain, new Catalogue({ library, settings, userFolder }));
    const members = kept.map((member) => tellingWork(member, note));
    let segments: readonly LoadedSegment[] = [];
    const around: MakeAround = async (parts) => {
      const made = await singleChain(members, parts);
      segments = made?.segments ?? [];
      return made;
    };
    return await use(around, members, () => segments);
  } finally {
    await library.close();
  }
}

const toldEachMillis = 10_000;

/** The entry, which tells every ten seconds that its package still works on the frame; as it is where it has no thread of its own. */
export function tellingWork(member: ChainMember, note: (text: string) => void, timer: Timer = systemTimer): ChainMember {
  const { handle } = member.offer;
  if (!handle.callOnPictures) return member;
  const callOnPictures: ProcessorHandle['callOnPictures'] = async (call) => {
    let cancel = (): void => undefined;
    const tellAfter = (millis: number): void => {
      cancel = timer(toldEachMillis, () => {
        note(`${memberText(member)} has worked on the frame for ${millis / 1000} s; Ctrl-C gives it up.`);
        tellAfter(millis + toldEachMillis);
      });
    };
    tellAfter(toldEachMillis);
    try {
      await handle.callOnPictures?.(call);
    } finally {
      cancel();
    }
  };
  return { ...member, offer: { ...member.offer, handle: { ...handle, callOnPictures } } };
}

/**
 * What each entry took. Throws the error of one that failed, an InputError where what it was given is at fault: its frame passed it by,
 * which is no result of this chain.
 */
export function entryTimes({ passes = [] }: CompletionEvent, members: readonly ChainMember[]): EntryTime[] {
  const failed = passes.find(({ error }) => error);
  if (failed?.error) {
    const keys = failed.culprit === undefined ? failed.members.map(({ key }) => key) : [failed.culprit];
    const names = members.filter(({ item }) => keys.includes(item.key)).map(memberText);
    throw errorFromRecord({ ...failed.error, message: `${names.join(', ') || failed.stage} failed: ${failed.error.message}` });
  }
  return members.map(({ item: { key, processorId, place } }) => {
    const pass = passes.find((one) => one.members.some((member) => member.key === key));
    const millis = pass ? hundredths(millisBetween(pass.startedNs, pass.finishedNs)) : Number.NaN;
    return { key, processorId, place, millis, sharedBy: pass?.members.length ?? 0 };
  });
}

/** Runs what shares a session alone as well. Rejects with the entry that cannot be. */
export async function compareShared(segments: readonly LoadedSegment[]): Promise<SharedSession[]> {
  const sessions: SharedSession[] = [];
  for (const segment of segments) {
    if (!segment.comparison) continue;
    const request = await segment.comparison();
    const compared = await compareSessions(request, new AbortController().signal).catch((thrown: unknown) => {
      throw errorFromRecord(comparisonFailure(thrown, segment));
    });
    assert(compared, 'Expected a comparison, since nobody gave it up');
    const { togetherMillis, oneByOneMillis, aloneMillis, turns } = compared;
    sessions.push({
      keys: segment.members.map(({ key }) => key),
      togetherMillis: hundredths(togetherMillis),
      oneByOneMillis: hundredths(oneByOneMillis),
      aloneMillis: aloneMillis.map(hundredths),
      turns,
    });
  }
  return sessions;
}

/** Milliseconds as the command prints them. */
export function hundredths(millis: number): number {
  return Number(millis.toFixed(2));
}

/** Milliseconds of the stage itself, where a chain stands around it. */
export function stageMillis({ passes, startedNs, finishedNs }: CompletionEvent): number {
  const own = passes?.find(({ members }) => members.length === 0);
  return own ? millisBetween(own.startedNs, own.finishedNs) : millisBetween(startedNs, finishedNs);
}
