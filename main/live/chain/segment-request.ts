import { assert } from '../../base/errors.ts';
import { composeProcessors, type GraphSegment, segmentInputs } from '../../processor/processor-chain.ts';
import { processorInputs } from '../../processor/processor-plan.ts';
import type { ModelRequest } from '../../runtime/model-source.ts';
import type { ComparisonRequest } from '../../runtime/session-comparer.ts';
import type { ChainGeometry } from './chain-geometry.ts';
import { type PlannedLink, planLink } from './chain-link.ts';
import type { ChainMember } from './chain-member.ts';
import { type SegmentStrips, segmentStage, segmentStrips } from './segment-stage.ts';

/** What frames a segment is loaded for, and the threads of one run where it takes the frame in one piece. */
export interface SegmentRoom {
  readonly geometry: ChainGeometry;
  readonly threads: number;
}

/** A segment as a model is asked for: cut in strips where all of its members say how many rows they depend on. */
export interface SegmentRequest {
  readonly request: ModelRequest;
  /** What is loaded: the graph for a strip where it is cut. */
  readonly segment: GraphSegment;
}

/** Asks for the model of neighbours that were composed to `whole`. */
export async function segmentRequest(
  links: readonly PlannedLink[],
  whole: GraphSegment,
  { geometry, threads }: SegmentRoom,
): Promise<SegmentRequest> {
  const isBefore = links[0]?.isBefore === true;
  const { sensor } = geometry;
  const [width, height] = isBefore ? [geometry.mosaicWidth, geometry.mosaicHeight] : [geometry.width, geometry.height];
  const cut = await cutInStrips(links, height);
  const segment = cut?.segment ?? whole;
  const ground = { width, height, threads, ...(isBefore ? { levels: sensor } : {}) };
  const paramsOf = (index: number) => (links[index] as PlannedLink).offer.declaration.params;
  // A value that a graph fails with is no reason not to load it: it fails with that value.
  const firstInputs = segmentInputs(segment, (index) => processorInputs(paramsOf(index), {}), 0);
  const stage = segmentStage(segment, { ...ground, ...(cut ? { strips: cut.strips } : {}) }, firstInputs);
  return { request: { stage, width, height, sensor, values: {}, provider: 'cpu' }, segment };
}

/**
 * Neighbours as one model, as they run, and each as a model of its own, as it would run without the others: planned anew, since nobody
 * keeps the graphs of what is loaded. Rejects with what planning throws.
 */
export async function comparisonRequest(members: readonly ChainMember[], room: SegmentRoom): Promise<ComparisonRequest> {
  const links: PlannedLink[] = [];
  for (const member of members) links.push(await planLink(member, room.geometry));
  const requestOf = async (part: readonly PlannedLink[]): Promise<ModelRequest> => {
    const [segment, ...others] = composeProcessors(part.map(({ link }) => link));
    const keys = part.map(({ key }) => key).join(', ');
    assert(segment?.kind === 'graph' && others.length === 0, `Expected one graph of ${keys}`);
    return (await segmentRequest(part, segment, room)).request;
  };
  const together = await requestOf(links);
  const alone: ModelRequest[] = [];
  for (const link of links) alone.push(await requestOf([link]));
  return { together, alone };
}

/** Neighbours as one graph for strips, where all of them say how many rows they depend on; their halos add up. */
async function cutInStrips(
  links: readonly PlannedLink[],
  height: number,
): Promise<{ readonly segment: GraphSegment; readonly strips: SegmentStrips } | undefined> {
  const parts = links.flatMap((link) => (link.strips ? [{ ...link, ...link.strips }] : []));
  if (parts.length < links.length) return undefined;
  const halo = parts.reduce((sum, part) => sum + part.halo, 0);
  const strips = segmentStrips(height, halo, links[0]?.isBefore ? 2 : 1);
  if (!strips) return undefined;
  const graphs = parts.map(async ({ key, inputSize, planFor }) => {
    return { id: key, inputSize, graph: await planFor(strips.rows + 2 * strips.halo) };
  });
  const [segment] = composeProcessors(await Promise.all(graphs));
  return segment?.kind === 'graph' ? { segment, strips } : undefined;
}
