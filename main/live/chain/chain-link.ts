import type { ParameterValues } from '../../../preload/contract.ts';
import { InputError, messageOf } from '../../base/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { haloRange, isHalo } from '../../processor/halo.ts';
import type { ParameterStore } from '../../processor/parameter-store.ts';
import type { ChainLink } from '../../processor/processor-chain.ts';
import { loadTimeOf } from '../../processor/processor-plan.ts';
import type { OfferedProcessor } from './catalogue.ts';
import type { ChainMember } from './chain-member.ts';

/** An entry of the chain planned for the size of the frames. */
export interface PlannedLink {
  readonly key: string;
  readonly isBefore: boolean;
  readonly offer: OfferedProcessor;
  readonly parameters: ParameterStore;
  readonly loadTimeValues: ParameterValues;
  readonly inputSize: number;
  readonly link: ChainLink;
  /** Where frames may be cut: the rows that a row depends on, and its graph for strips of a height. */
  readonly strips?: { readonly halo: number; readonly planFor: (height: number) => Promise<Graph> };
}

/** Sizes of the frames on either side of the ISP. */
interface FrameSizes {
  readonly mosaicWidth: number;
  readonly mosaicHeight: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Plans an entry. Rejects with what its processor throws, and with an InputError for one that cannot stand before the ISP: there a frame
 * is a mosaic of one channel, which a graph has to accept and no call is given.
 */
export async function planLink({ item, offer, parameters, triedValues }: ChainMember, sizes: FrameSizes): Promise<PlannedLink> {
  const { key } = item;
  const { handle, declaration } = offer;
  const isBefore = item.place === 'preprocessor';
  const loadTimeValues = loadTimeOf(declaration.params, { ...parameters.current.values, ...triedValues }) as ParameterValues;
  const inputSize = expectSize(await handle.prepare(loadTimeValues), key);
  const planned = { key, isBefore, offer, parameters, loadTimeValues, inputSize };
  if (!handle.facts.functions.includes('graph')) {
    if (isBefore) throw notForMosaics(declaration.name, 'it is called, and calls take pictures alone');
    return { ...planned, link: { id: key, inputSize } };
  }
  const size = isBefore
    ? { width: sizes.mosaicWidth, height: sizes.mosaicHeight, channels: 1 as const }
    : { width: sizes.width, height: sizes.height };
  const graph = await handle.plan({ ...size, guard: key, loadTimeValues }).catch((thrown: unknown) => {
    throw isBefore ? notForMosaics(declaration.name, messageOf(thrown)) : thrown;
  });
  const link = { id: key, inputSize, graph };
  if (!handle.halo) return { ...planned, link };
  const halo = expectHalo(await handle.halo(loadTimeValues), key);
  const planFor = (height: number): Promise<Graph> =>
    handle.plan({ ...size, height, guard: key, frameRows: size.height, loadTimeValues });
  return { ...planned, link, strips: { halo, planFor } };
}

function expectSize(requirements: unknown, key: string): number {
  const size = (requirements as { inputSize?: unknown } | null | undefined)?.inputSize;
  if (Number.isInteger(size) && (size as number) >= 1 && (size as number) <= 16) return size as number;
  throw new InputError('processor.requirements', `Expected an inputSize from 1 to 16 of ${key} but received ${String(size)}`);
}

function expectHalo(halo: unknown, key: string): number {
  if (isHalo(halo)) return halo;
  const message = `Expected a halo of ${haloRange} of ${key} but received ${String(halo)}`;
  throw new InputError('processor.halo', message);
}

function notForMosaics(name: string, why: string): InputError {
  return new InputError(
    'chain.not-for-mosaics',
    `Expected a processor before the ISP that takes a mosaic of one channel but ${name} does not: ${why}`,
    'Move it behind the ISP.',
  );
}
