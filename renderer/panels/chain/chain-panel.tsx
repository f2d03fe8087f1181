import { Package, Plus } from 'lucide-react';
import { useMemo, useRef } from 'react';
import type { ChainEntry } from '../../../preload/contract.ts';
import { formatMillis } from '../../controls/format.ts';
import { Tip } from '../../controls/tip.tsx';
import type { ChainPlace } from '../../store/chain-selectors.ts';
import { chainPlaces, entriesAt, placesOf, untrustedPackages } from '../../store/chain-selectors.ts';
import { currentProcessor } from '../../store/selectors.ts';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import { ChainEntryRow } from './chain-entry-row.tsx';
import type { EntryDrag } from './use-entry-drag.ts';
import { useEntryDrag } from './use-entry-drag.ts';

const placeTitles: Readonly<Record<ChainPlace, string>> = {
  preprocessor: 'Before the ISP',
  main: 'Main',
  postprocessor: 'After',
};

/** The processors around the ISP, in the order in which frames go through them. */
export function ChainPanel() {
  const list = useRef<HTMLDivElement>(null);
  const chain = useLabState((state) => state.chain);
  const drag = useEntryDrag(list);
  return (
    <div className="chain-panel">
      <ChainHead />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move the focus between the buttons in it */}
      <div
        ref={list}
        className="panel-scroll chain-list"
        data-dragging={drag.key !== undefined || undefined}
        onKeyDown={stepFocus}
      >
        {chainPlaces.map((place) => (
          <PlaceAndIsp key={place} place={place} drag={drag} />
        ))}
        {chain.entries.length === 0 && (
          <p className="panel-empty">Nothing but the ISP. Add a processor to work on frames before or after it.</p>
        )}
      </div>
    </div>
  );
}

function PlaceAndIsp({ place, drag }: { place: ChainPlace; drag: EntryDrag }) {
  const chain = useLabState((state) => state.chain);
  const entries = useMemo(() => entriesAt(chain, place), [chain, place]);
  return (
    <>
      <PlaceSection place={place} entries={entries} drag={drag} />
      {place === 'preprocessor' && <IspRow />}
    </>
  );
}

/** One place with its entries; an empty one shows only where what is dragged could be dropped. */
function PlaceSection({ place, entries, drag }: { place: ChainPlace; entries: readonly ChainEntry[]; drag: EntryDrag }) {
  const catalogue = useLabState((state) => state.catalogue);
  const dragged = useLabState((state) => state.chain.entries.find(({ key }) => key === drag.key));
  const takes = dragged !== undefined && placesOf(catalogue, dragged).includes(place);
  if (entries.length === 0 && !takes) return null;
  const dropIndex = takes && drag.drop?.place === place ? drag.drop.index : undefined;
  return (
    <section className="chain-place" aria-label={placeTitles[place]} data-place={takes ? place : undefined}>
      <h3 className="group-title chain-place-title">{placeTitles[place]}</h3>
      <ol className="chain-entries">
        {entries.map((entry, index) => (
          <ChainEntryRow
            key={entry.key}
            entry={entry}
            isDragged={drag.key === entry.key}
            dropAbove={dropIndex === index}
            dropBelow={dropIndex === entries.length && index === entries.length - 1}
            onPress={drag.press}
          />
        ))}
        {entries.length === 0 && <li className="chain-vacant" data-drop={dropIndex !== undefined || undefined} />}
      </ol>
    </section>
  );
}

/** The stage that develops: it stays where it is, and shows its parameters like every entry. */
function IspRow() {
  const { page } = useLab();
  const processor = useLabState(currentProcessor);
  const shown = usePageState((state) => state.shownProcessor);
  const millis = useLabState((state) => state.status?.stageMillis);
  if (!processor) return null;
  return (
    <div className="chain-entry chain-isp" data-testid="chain-isp">
      <span className="chain-mark" data-state="running" aria-hidden />
      <button
        type="button"
        className="chain-select"
        aria-current={shown === undefined || shown === processor.id}
        onClick={() => page.setState({ shownProcessor: processor.id })}
      >
        <span className="chain-name">{processor.name}</span>
      </button>
      {millis && (
        <Tip text={`Stage: ${formatMillis(millis.median)} ms median, ${formatMillis(millis.p99)} ms p99`}>
          <output className="chain-time">
            {formatMillis(millis.median)}
            <span className="chain-unit"> ms</span>
          </output>
        </Tip>
      )}
    </div>
  );
}

function ChainHead() {
  const { page } = useLab();
  return (
    <header className="chain-head">
      <button
        type="button"
        className="button button-small"
        data-testid="chain-add"
        onClick={() => page.setState({ addProcessorOpen: true })}
      >
        <Plus size={11} aria-hidden />
        Add…
      </button>
      <PackagesButton />
      <ChainApplied />
    </header>
  );
}

/** Opens the packages, and counts those that wait for the user. */
function PackagesButton() {
  const { page } = useLab();
  const waiting = useLabState((state) => untrustedPackages(state.catalogue).length);
  const failed = useLabState((state) => state.catalogue?.packages.filter(({ state: one }) => one === 'failed').length ?? 0);
  const notes = [waiting > 0 ? `${waiting} to trust` : '', failed > 0 ? `${failed} failed` : ''].filter(Boolean);
  return (
    <Tip text={['Packages of processors on disk', ...notes].join(', ')}>
      <button
        type="button"
        className="button button-small"
        data-testid="chain-packages"
        aria-label={['Packages…', ...notes].join(', ')}
        onClick={() => page.setState({ packagesOpen: true })}
      >
        <Package size={11} aria-hidden />
        Packages…
        {notes.length > 0 && <span className="chain-noted">{waiting + failed}</span>}
      </button>
    </Tip>
  );
}

/** Whether a changed chain is being built, or which frame was the first of the newest one. */
function ChainApplied() {
  const { revision, isBuilding } = useLabState((state) => state.chain);
  const applied = useLabState((state) => state.chainApplied);
  const isCurrent = applied !== undefined && applied.revision >= revision;
  const text = isBuilding ? 'building…' : isCurrent ? `frame ${applied.frameId}` : '';
  return (
    <output
      className="chain-applied"
      data-testid="chain-applied"
      data-frame={applied?.frameId}
      aria-label={text === '' ? undefined : `The chain: ${isBuilding ? 'building' : `applied at ${text}`}`}
      title={isBuilding || !isCurrent ? undefined : `The first frame of this chain was ${text}`}
    >
      {text}
    </output>
  );
}

/** Up and Down go from entry to entry, as in a list. */
function stepFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const direction = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (direction === 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.chain-select')];
  const current = rows.findIndex((row) => row.closest('.chain-entry')?.contains(document.activeElement));
  rows[Math.min(Math.max(current + direction, 0), rows.length - 1)]?.focus();
  event.preventDefault();
}
