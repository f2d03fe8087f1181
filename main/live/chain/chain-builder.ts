import type { ChainPrompt } from '../../../preload/contract.ts';
import { assert, type ErrorRecord, errorRecordFrom } from '../../base/errors.ts';
import { composeProcessors, type GraphSegment } from '../../processor/processor-chain.ts';
import type { LoadedModel, ModelManager } from '../../runtime/model-manager.ts';
import type { ResourceManager } from '../../runtime/resource-manager.ts';
import type { ThreadingManager } from '../../runtime/threading-manager.ts';
import type { EntryRun } from './chain-desk.ts';
import type { ChainGeometry } from './chain-geometry.ts';
import { type PlannedLink, planLink } from './chain-link.ts';
import type { ChainMember } from './chain-member.ts';
import { routeOf } from './chain-route.ts';
import { type LoadedSegment, newestInputs, type SegmentMember } from './chain-segment.ts';
import { ChainSlots } from './chain-slots.ts';
import { RunningChain } from './running-chain.ts';
import { comparisonRequest, segmentRequest } from './segment-request.ts';

/** What a chain is built with. */
export interface ChainBuilderParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
  readonly models: ModelManager;
  /** Most time of a call; `Infinity` for none. */
  readonly callMillis: number;
  readonly promptsOf: (key: string) => readonly ChainPrompt[];
  /** What the revision that a chain was built for is by now, see `ChainDesk.revisionFrom`. */
  readonly revisionFrom: (built: number) => number;
  readonly isSuspended: (key: string) => boolean;
}

/** What is to be built. */
export interface ChainOrder {
  readonly members: readonly ChainMember[];
  readonly geometry: ChainGeometry;
  readonly revision: number;
  /** Nothing is in the chain. One whose processors are all left out still runs, so that every frame names its revision. */
  readonly isEmpty: boolean;
  /** Keys that get a session of their own, although they could share one. */
  readonly apart: ReadonlySet<string>;
}

/** What came of it: a chain of everything that could be built, and what is known of each entry. */
export interface BuiltChain {
  /** Absent where there is nothing to run. */
  readonly chain: RunningChain | undefined;
  readonly runs: ReadonlyMap<string, EntryRun>;
}

interface Loaded {
  readonly segment: LoadedSegment;
  /** What is to be given back; absent for what runs on a thread of its own. */
  readonly model?: Pick<LoadedModel, 'hash'>;
}

/** Builds chains beside whatever runs. Never rejects for the sake of a processor: one that cannot be built is left out with its reason. */
export class ChainBuilder {
  readonly #parts: ChainBuilderParts;

  constructor(parts: ChainBuilderParts) {
    this.#parts = parts;
  }

  async build(order: ChainOrder): Promise<BuiltChain> {
    if (order.isEmpty) return { chain: undefined, runs: new Map() };
    const failures = new Map<string, ErrorRecord>();
    const links = new Map<string, PlannedLink>();
    for (const member of order.members) {
      await planLink(member, order.geometry).then(
        (link) => links.set(member.item.key, link),
        (thrown: unknown) => failures.set(member.item.key, errorRecordFrom(thrown)),
      );
    }
    const apart = new Set(order.apart);
    for (;;) {
      const planned = order.members.flatMap(({ item }) => (failures.has(item.key) ? [] : (links.get(item.key) ?? [])));
      const made = await this.#tryBuild(order, planned, apart, failures);
      if (made) return { ...made, runs: runsOf(links, made.chain, failures) };
    }
  }

  /** Undefined where a segment could not be loaded: its processors stand apart from then on, or the only one has failed. */
  async #tryBuild(
    order: ChainOrder,
    links: readonly PlannedLink[],
    apart: Set<string>,
    failures: Map<string, ErrorRecord>,
  ): Promise<{ chain: RunningChain } | undefined> {
    const loaded: Loaded[] = [];
    const release = (): void => {
      for (const { model } of loaded) if (model) this.#parts.models.release(model);
    };
    const sides = [true, false].map((isBefore) => links.filter((link) => link.isBefore === isBefore));
    const [before, after] = [[] as LoadedSegment[], [] as LoadedSegment[]];
    for (const [side, segments] of [
      [sides[0], before],
      [sides[1], after],
    ] as const) {
      for (const group of groupsOf(side ?? [], apart)) {
        try {
          const made = await this.#load(group, order);
          loaded.push(made);
          segments.push(made.segment);
        } catch (thrown) {
          release();
          for (const { key } of group.links) {
            if (group.links.length > 1) apart.add(key);
            else failures.set(key, errorRecordFrom(thrown));
          }
          return undefined;
        }
      }
    }
    return this.#route(order, { before, after }, release, failures);
  }

  #route(
    { geometry, revision }: ChainOrder,
    { before, after }: { readonly before: readonly LoadedSegment[]; readonly after: readonly LoadedSegment[] },
    release: () => void,
    failures: Map<string, ErrorRecord>,
  ): { chain: RunningChain } | undefined {
    const { resources, threading, callMillis, isSuspended, revisionFrom } = this.#parts;
    const { width, height, mosaicWidth, mosaicHeight } = geometry;
    const mosaicBytes = mosaicWidth * mosaicHeight * 2;
    const slots = new ChainSlots({ resources, threading }, { mosaic: mosaicBytes, picture: width * height * 4 }, [before, after]);
    try {
      const steps = routeOf(before, after, (size) => slots.take(size));
      const facts = { steps, revision: () => revisionFrom(revision), width, height, mosaicBytes, callMillis, isSuspended };
      const chain = new RunningChain(facts, [...before, ...after], () => {
        release();
        slots.close();
      });
      return { chain };
    } catch (thrown) {
      release();
      slots.close();
      // The one that wants most is the one to do without.
      const [greediest] = [...before, ...after].sort((a, b) => b.inputSize - a.inputSize);
      for (const { key } of greediest?.members ?? []) failures.set(key, errorRecordFrom(thrown));
      return undefined;
    }
  }

  async #load(group: LinkGroup, order: ChainOrder): Promise<Loaded> {
    const { promptsOf, models } = this.#parts;
    const members: SegmentMember[] = group.links.map(({ key, offer, parameters, loadTimeValues }) => {
      return { key, params: offer.declaration.params, parameters, loadTimeValues, prompts: () => promptsOf(key) };
    });
    const identity = { stage: members.map(({ key }) => key).join('+'), members, inputSize: group.links[0]?.inputSize ?? 1 };
    const { segment } = group;
    if (segment.kind === 'graph') return this.#loadGraph(identity, { ...group, segment }, order);
    const { source, handle, hash } = group.links[0]?.offer ?? {};
    if (source) {
      const model = await models.loadCallable(source);
      return { segment: { ...identity, modelHash: model.hash, strips: 1, work: { kind: 'lane-call' } }, model };
    }
    assert(handle?.callOnPictures && hash !== undefined, `Expected ${identity.stage} to have a thread for its calls`);
    return { segment: { ...identity, modelHash: hash, strips: 1, work: { kind: 'outside-call', handle } } };
  }

  async #loadGraph(
    identity: Pick<LoadedSegment, 'stage' | 'members' | 'inputSize'>,
    group: GraphGroup,
    order: ChainOrder,
  ): Promise<Loaded> {
    const { models, threading } = this.#parts;
    const room = { geometry: order.geometry, threads: threading.workers.count };
    const { request, segment } = await segmentRequest(group.links, group.segment, room);
    const inputs = newestInputs(segment, (index) => identity.members[index] as SegmentMember);
    const model = await models.load(request);
    const strips = model.plan.strips.strips.length;
    const sharing = order.members.filter(({ item }) => group.links.some(({ key }) => key === item.key));
    const compared = sharing.length > 1 ? { comparison: () => comparisonRequest(sharing, room) } : {};
    return { segment: { ...identity, modelHash: model.hash, strips, work: { kind: 'graph', inputs }, ...compared }, model };
  }
}

interface LinkGroup {
  readonly links: readonly PlannedLink[];
  readonly segment: ReturnType<typeof composeProcessors>[number];
}

type GraphGroup = LinkGroup & { readonly segment: GraphSegment };

/** Neighbours that become one session, but for those that are to stand apart. Places of a segment's members count within its group. */
function groupsOf(links: readonly PlannedLink[], apart: ReadonlySet<string>): LinkGroup[] {
  const runs: PlannedLink[][] = [];
  for (const [index, link] of links.entries()) {
    const previous = links[index - 1];
    const isAlone = previous === undefined || apart.has(link.key) || apart.has(previous.key);
    if (isAlone) runs.push([link]);
    else runs.at(-1)?.push(link);
  }
  return runs.flatMap((run) => {
    const segments = composeProcessors(run.map(({ link }) => link));
    return segments.map((segment) => {
      const indices = segment.kind === 'call' ? [segment.index] : segment.members.map(({ index }) => index);
      const first = indices[0] as number;
      const ownIndices =
        segment.kind === 'call'
          ? { ...segment, index: 0 }
          : { ...segment, members: segment.members.map(({ index, inputs }) => ({ index: index - first, inputs })) };
      return { links: indices.map((index) => run[index] as PlannedLink), segment: ownIndices };
    });
  });
}

function runsOf(
  links: ReadonlyMap<string, PlannedLink>,
  chain: RunningChain | undefined,
  failures: ReadonlyMap<string, ErrorRecord>,
): Map<string, EntryRun> {
  const runs = new Map<string, EntryRun>();
  for (const [key, { inputSize }] of links) {
    const modelHash = chain?.segments.find(({ members }) => members.some((member) => member.key === key))?.modelHash;
    runs.set(key, { inputSize, ...(modelHash === undefined ? {} : { modelHash }) });
  }
  for (const [key, failure] of failures) runs.set(key, { ...runs.get(key), failure });
  return runs;
}
