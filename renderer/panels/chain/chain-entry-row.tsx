import { GripVertical, Power, X } from 'lucide-react';
import type { KeyboardEvent, PointerEvent } from 'react';
import { memo } from 'react';
import type { ChainEntry } from '../../../preload/contract.ts';
import { Tip } from '../../controls/tip.tsx';
import { useLab, usePageState } from '../panel-context.ts';
import { EntryMeasure } from './entry-measure.tsx';
import { EntryTrouble } from './entry-trouble.tsx';
import { SessionComparison } from './session-comparison.tsx';

/** One entry in a line: what it does, its name, what it costs, solo, bypass, remove; below it what is wrong with it. */
export const ChainEntryRow = memo(function ChainEntryRow(props: {
  entry: ChainEntry;
  isDragged: boolean;
  dropAbove: boolean;
  dropBelow: boolean;
  onPress: (event: PointerEvent, key: string) => void;
}) {
  const { entry } = props;
  const { page, chain } = useLab();
  const selected = usePageState((state) => state.shownProcessor === entry.key);
  const select = () => page.setState({ shownProcessor: entry.key });

  function pressKey(event: KeyboardEvent) {
    if (event.key !== 'Delete' || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    void chain.remove(entry.key);
  }

  return (
    <li
      className="chain-item"
      data-testid={`chain-${entry.key}`}
      data-entry={entry.key}
      data-state={entry.state}
      data-dragged={props.isDragged || undefined}
      data-drop={props.dropAbove ? 'above' : props.dropBelow ? 'below' : undefined}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Delete on anything in the row; the button does the same */}
      <div className="chain-entry" data-selected={selected || undefined} onKeyDown={pressKey}>
        <span className="chain-grip" aria-hidden onPointerDown={(event) => props.onPress(event, entry.key)}>
          <GripVertical size={11} />
        </span>
        <span className="chain-mark" data-state={entry.state} aria-hidden />
        <button
          type="button"
          className="chain-select"
          aria-current={selected}
          aria-description={stateWords[entry.state]}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Shift+B Shift+S Delete"
          onPointerDown={(event) => props.onPress(event, entry.key)}
          onClick={select}
        >
          <span className="chain-name">{entry.name}</span>
        </button>
        <EntryMeasure entry={entry} />
        <EntryButtons entry={entry} />
      </div>
      <EntryTrouble entry={entry} />
      <SessionComparison entry={entry} />
    </li>
  );
});

/** What an entry's state is called. */
const stateWords: Readonly<Record<ChainEntry['state'], string>> = {
  running: 'Works on every frame',
  bypassed: 'Bypassed',
  suspended: 'Suspended after failures',
  failed: 'Cannot be built',
  'waiting-for-trust': 'Waiting for your trust',
  missing: 'Missing',
};

function EntryButtons({ entry }: { entry: ChainEntry }) {
  const { chain } = useLab();
  const { key, name, bypass, solo } = entry;
  return (
    <span className="chain-buttons">
      <Tip text={solo ? 'Run the others again' : 'Run this one alone'} keys="Shift+S">
        <button
          type="button"
          className="chain-button chain-solo"
          aria-label={`Solo ${name}`}
          aria-pressed={solo}
          onClick={() => void chain.setSolo(key, !solo)}
        >
          S
        </button>
      </Tip>
      <Tip text={bypass ? 'Let frames go through it again' : 'Let frames pass it by'} keys="Shift+B">
        <button
          type="button"
          className="chain-button"
          aria-label={`Bypass ${name}`}
          aria-pressed={bypass}
          onClick={() => void chain.setBypass(key, !bypass)}
        >
          <Power size={11} aria-hidden />
        </button>
      </Tip>
      <button
        type="button"
        className="chain-button chain-remove"
        aria-label={`Remove ${name}`}
        onClick={() => void chain.remove(key)}
      >
        <X size={11} aria-hidden />
      </button>
    </span>
  );
}
