import { Activity, Lock, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { DescribedBy, useExplanation } from '../../controls/explanation.ts';
import { ResetButton } from '../../controls/reset-button.tsx';
import { Tip } from '../../controls/tip.tsx';
import { useLab, useLabState } from '../panel-context.ts';
import { ControlEditorView } from './control-editor-view.tsx';
import { driftText, isModified, rangeFact, stateNotes, valueText } from './control-facts.ts';

/** One control of the device in a line: label with its state, editor, reset; below it, what the device made of it otherwise. */
export const ControlRow = memo(function ControlRow({ control }: { control: ControlDescription }) {
  const { controls } = useLab();
  const edited = useLabState((state) => state.controlEdits[control.id]);
  const value = edited ?? control.value;
  const disabled = control.readOnly || control.grabbed === true;
  const modified = isModified(control, value);
  const label = `${control.label}, ${control.group}`;
  const reset = () => void controls.reset([control.id]);
  const notes = stateNotes(control).join(' ');
  const explanation = useExplanation();
  const tip = { text: <ControlHelp control={control} />, shown: explanation };
  const editor = (
    <div className="setting-control">
      <ControlContent control={control} label={label} value={value} disabled={disabled} />
    </div>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend, which cannot stand in a grid
    <div
      role="group"
      aria-label={label}
      aria-description={notes === '' ? undefined : notes}
      ref={explanation.row}
      className="setting"
      data-explained
      data-testid={`control-${control.id}`}
      data-control={control.type}
      data-modified={modified || undefined}
      data-disabled={(disabled && !control.readOnly) || undefined}
      data-inactive={control.inactive || undefined}
      data-drifted={control.drifted || undefined}
    >
      {control.type !== 'button' && (
        <Tip {...tip}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the reset button beside it does the same by keyboard */}
          <span className="setting-label" onDoubleClick={() => modified && !disabled && reset()}>
            <MarkedLabel control={control} />
          </span>
        </Tip>
      )}
      <p id={explanation.id} hidden>
        {[control.help, factsOf(control)].filter(Boolean).join('; ')}
      </p>
      <DescribedBy value={explanation.id}>{control.type === 'button' ? <Tip {...tip}>{editor}</Tip> : editor}</DescribedBy>
      {control.type !== 'button' && <ResetButton name={label} disabled={!modified || disabled} onReset={reset} />}
      {control.drifted && control.desired !== undefined && (
        <Drift control={control} desired={control.desired} disabled={disabled} />
      )}
    </div>
  );
});

function ControlContent(props: { control: ControlDescription; label: string; value: ControlValue; disabled: boolean }) {
  const { controls } = useLab();
  const { control, value } = props;
  if (control.readOnly) return <output className="read-only">{valueText(control, value)}</output>;
  return (
    <ControlEditorView
      {...props}
      listener={{
        change: (next) => controls.change(control.id, next),
        commit: (origin) => controls.commit(control.id, origin),
      }}
      set={(next) => (control.momentary ? void controls.act(control.id, next) : controls.set(control.id, next))}
      act={(next) => void controls.act(control.id, next)}
    />
  );
}

/** Kinds whose value may not fit the row. */
const longValues: readonly ControlDescription['type'][] = ['integer64', 'text', 'array', 'bytes'];

/** The label with its state. The marks hang on its last letter: one that wrapped alone would belong to nothing. */
function MarkedLabel({ control }: { control: ControlDescription }) {
  const { label, drifted, grabbed, volatile: live } = control;
  if (!drifted && !grabbed && !live) return label;
  return (
    <>
      {label.slice(0, -1)}
      <span className="label-end">
        {label.slice(-1)}
        <StateMarks control={control} />
      </span>
    </>
  );
}

function StateMarks({ control }: { control: ControlDescription }) {
  return (
    <>
      {control.drifted && <TriangleAlert className="state-mark state-drifted" size={10} aria-hidden />}
      {control.grabbed && <Lock className="state-mark" size={10} aria-hidden />}
      {control.volatile && <Activity className="state-mark" size={10} aria-hidden />}
    </>
  );
}

/** What was asked and is no longer there. Nothing is rewritten before the user says so. */
function Drift({ control, desired, disabled }: { control: ControlDescription; desired: ControlValue; disabled: boolean }) {
  const { controls } = useLab();
  return (
    <div className="drift">
      <span>{driftText(control, desired)}</span>
      <button
        type="button"
        className="button button-small"
        aria-label={`Apply again, ${control.label}`}
        disabled={disabled}
        onClick={() => controls.set(control.id, desired)}
      >
        Apply again
      </button>
    </div>
  );
}

/** Value, where the row may not show all of it, range and default. */
function factsOf(control: ControlDescription): string {
  const facts = [
    longValues.includes(control.type) ? `now ${valueText(control, control.value)}` : undefined,
    rangeFact(control),
    control.readOnly ? undefined : `default ${valueText(control, control.defaultValue)}`,
  ];
  return facts.filter(Boolean).join(' · ');
}

function ControlHelp({ control }: { control: ControlDescription }) {
  return (
    <span className="setting-help">
      <span className="setting-name">{control.label}</span>
      {control.help && <span>{control.help}</span>}
      {stateNotes(control).map((note) => (
        <span key={note}>{note}</span>
      ))}
      <span className="setting-facts">{[control.id, factsOf(control)].filter(Boolean).join(' · ')}</span>
    </span>
  );
}
