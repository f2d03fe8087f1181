import type {
  ChainComparison,
  ChainEntry,
  ChainMeasurement,
  ChainState,
  ProcessorCatalogue,
  ProcessorPackage,
} from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/** Where entries of the chain stand, in the order in which frames go through; the ISP is between the first two. */
export const chainPlaces = ['preprocessor', 'main', 'postprocessor'] as const;

/** One of {@link chainPlaces}. */
export type ChainPlace = (typeof chainPlaces)[number];

/** An entry's position: `index` counts within the place. */
export interface ChainPosition {
  readonly place: ChainPlace;
  readonly index: number;
}

/** The entry of a key. */
export function entryOf(chain: ChainState, key: string | undefined): ChainEntry | undefined {
  return chain.entries.find((entry) => entry.key === key);
}

/** The entries of a place, in order. */
export function entriesAt(chain: ChainState, place: ChainPlace): ChainEntry[] {
  return chain.entries.filter((entry) => entry.place === place);
}

/** Where an entry stands now. */
export function positionOf(chain: ChainState, key: string): ChainPosition | undefined {
  const entry = entryOf(chain, key);
  return entry && { place: entry.place, index: entriesAt(chain, entry.place).indexOf(entry) };
}

/** The places that an entry may stand at: those of its processor, and only its own where there is no such processor now. */
export function placesOf(catalogue: ProcessorCatalogue | undefined, entry: ChainEntry): readonly ChainPlace[] {
  const usage = catalogue?.processors.find(({ id }) => id === entry.processorId)?.usage;
  return chainPlaces.filter((place) => usage?.includes(place) ?? place === entry.place);
}

/** Where an entry comes one step up (-1) or down (1): past its neighbour, or into the next place that it may stand at; undefined at the end. */
export function steppedPosition(
  chain: ChainState,
  catalogue: ProcessorCatalogue | undefined,
  key: string,
  direction: 1 | -1,
): ChainPosition | undefined {
  const [entry, position] = [entryOf(chain, key), positionOf(chain, key)];
  if (!entry || !position) return undefined;
  const index = position.index + direction;
  if (index >= 0 && index < entriesAt(chain, position.place).length) return { place: position.place, index };
  const places = placesOf(catalogue, entry);
  const place = places[places.indexOf(entry.place) + direction];
  if (place === undefined) return undefined;
  return { place, index: direction === 1 ? 0 : entriesAt(chain, place).length };
}

/** What an entry cost: the first of those that share a session has the time, the others stand with it. */
export function sharesWithAbove(chain: ChainState, key: string): boolean {
  const active = chain.entries.filter(({ modelHash }) => modelHash !== undefined);
  const index = active.findIndex((entry) => entry.key === key);
  const [above, entry] = [active[index - 1], active[index]];
  return above !== undefined && entry !== undefined && above.modelHash === entry.modelHash && above.place === entry.place;
}

/** The measurement of an entry, where there is one. */
export function measurementOf({ measurements }: LabState, key: string): ChainMeasurement | undefined {
  return measurements.find((measurement) => measurement.key === key);
}

/** What is known of the session that an entry shares now; undefined where it shares none. */
export function comparisonOf({ comparisons }: LabState, { key, modelHash, state }: ChainEntry): ChainComparison | undefined {
  if (state !== 'running') return undefined;
  // What runs may have changed since: then this is of another session.
  return comparisons.find((comparison) => comparison.modelHash === modelHash && comparison.keys.includes(key));
}

/** Packages whose code waits for the user's word. */
export function untrustedPackages(catalogue: ProcessorCatalogue | undefined): ProcessorPackage[] {
  return catalogue?.packages.filter(({ state }) => state === 'untrusted') ?? [];
}

/** The package behind a processor's id. */
export function packageOf(catalogue: ProcessorCatalogue | undefined, processorId: string): ProcessorPackage | undefined {
  return catalogue?.packages.find(({ id }) => id === processorId);
}
