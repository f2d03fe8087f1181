import { ChevronDown, ChevronRight, ListRestart, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Tip } from '../../controls/tip.tsx';
import { useLab, useLabState, usePageState } from '../panel-context.ts';
import type { ControlGroup } from './control-groups.ts';
import { controlGroups, matchingControls } from './control-groups.ts';
import { ControlRow } from './control-row.tsx';
import { EffectiveAt } from './effective-at.tsx';

/** With more controls than this, they are found by typing. */
const countForFilter = 12;

/** The open device's own settings, as the device lists them. */
export function ControlsPanel() {
  const controls = useLabState((state) => state.controls);
  const [filter, setFilter] = useState('');
  const filtered = controls.length > countForFilter ? filter : '';
  const groups = useMemo(() => controlGroups(matchingControls(controls, filtered)), [controls, filtered]);
  if (controls.length === 0) return <p className="panel-empty">The open source has no controls of its own.</p>;
  return (
    <div className="controls-panel">
      <div className="panel-scroll">
        {controls.length > countForFilter && (
          <header className="controls-head">
            <Filter text={filter} onChange={setFilter} />
          </header>
        )}
        {groups.map((group) => (
          <Group key={group.group} group={group} searched={filtered.trim() !== ''} />
        ))}
        {groups.length === 0 && <p className="panel-empty">No control matches “{filter.trim()}”.</p>}
      </div>
      <footer className="controls-foot">
        <EffectiveAt />
        <ResetAll />
      </footer>
    </div>
  );
}

function Filter({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  return (
    <span className="entry entry-text filter">
      <input
        type="text"
        data-testid="control-filter"
        aria-label="Filter device controls"
        placeholder="Filter"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          onChange('');
          event.currentTarget.blur();
        }}
      />
      {text !== '' && (
        <button type="button" className="filter-clear" aria-label="Clear the filter" onClick={() => onChange('')}>
          <X size={11} aria-hidden />
        </button>
      )}
    </span>
  );
}

function ResetAll() {
  const { controls } = useLab();
  return (
    <Tip text="Reset all device controls to their defaults">
      <button
        type="button"
        className="icon-button"
        data-testid="reset-controls"
        aria-label="Reset all device controls"
        onClick={() => void controls.reset()}
      >
        <ListRestart size={13} aria-hidden />
      </button>
    </Tip>
  );
}

/** A class of controls under its title, which folds it. A search looks into folded ones too. */
function Group({ group: { group, controls }, searched }: { group: ControlGroup; searched: boolean }) {
  const { page } = useLab();
  const folded = usePageState((state) => state.foldedGroups.includes(group));
  const open = searched || !folded;
  const drifted = controls.filter((control) => control.drifted).length;

  function toggle() {
    page.setState(({ foldedGroups }) => ({
      foldedGroups: folded ? foldedGroups.filter((other) => other !== group) : [...foldedGroups, group],
    }));
  }

  return (
    <section className="group" aria-label={`${group}, device controls`}>
      <h3 className="group-title group-fold">
        <button type="button" aria-expanded={open} disabled={searched} onClick={toggle}>
          {open ? <ChevronDown size={11} aria-hidden /> : <ChevronRight size={11} aria-hidden />}
          <span className="group-name">{group}</span>
          <span className="group-count">{controls.length}</span>
          {drifted > 0 && <span className="group-drifted">{drifted} drifted</span>}
        </button>
      </h3>
      {open && controls.map((control) => <ControlRow key={control.id} control={control} />)}
    </section>
  );
}
