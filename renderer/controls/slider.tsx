import type { KeyboardEvent, PointerEvent } from 'react';
import { useRef } from 'react';
import { useDescribedBy } from './explanation.ts';
import type { SliderRange } from './slider-scale.ts';
import { positionOf, stepped, valueAt } from './slider-scale.ts';

/** What a slider shows and tells. `onChange` runs while it moves, `onCommit` once when the gesture ends. */
export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly range: SliderRange;
  /** Spoken instead of the bare number, with the unit. */
  readonly valueText: string;
  readonly defaultValue: number;
  /** There is no value: `value` is where a key begins, and nothing is drawn of it. */
  readonly isUnset?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly onChange: (value: number) => void;
  readonly onCommit: (origin: 'gesture' | 'keyboard') => void;
}

/** Drag with Shift held moves at a tenth of the pace. */
const finePace = 0.1;

/** Not `<input type=range>`: that has neither fine drag nor a logarithmic scale nor an origin to fill from. */
export function Slider(props: SliderProps) {
  const { range, disabled } = props;
  const describedBy = useDescribedBy();
  const drag = useRef<{ x: number; position: number } | undefined>(undefined);
  const position = positionOf(props.value, range);
  const origin = positionOf(range.minimum < 0 && range.maximum > 0 ? 0 : range.minimum, range);

  function press(event: PointerEvent<HTMLDivElement>) {
    if (disabled || event.button !== 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    const start = event.shiftKey ? position : (event.clientX - box.left) / box.width;
    drag.current = { x: event.clientX, position: start };
    if (!event.shiftKey) props.onChange(valueAt(start, range));
  }

  function move(event: PointerEvent<HTMLDivElement>) {
    if (!drag.current) return;
    const pace = event.shiftKey ? finePace : 1;
    const width = event.currentTarget.getBoundingClientRect().width;
    const next = drag.current.position + ((event.clientX - drag.current.x) / width) * pace;
    drag.current = { x: event.clientX, position: next };
    props.onChange(valueAt(next, range));
  }

  function release() {
    if (!drag.current) return;
    drag.current = undefined;
    props.onCommit('gesture');
  }

  function pressKey(event: KeyboardEvent<HTMLDivElement>) {
    const next = disabled ? undefined : valueAfterKey(event, props.value, range);
    if (next === undefined) return;
    event.preventDefault();
    props.onChange(next);
    props.onCommit('keyboard');
  }

  return (
    <div
      className="slider"
      role="slider"
      tabIndex={disabled ? -1 : 0}
      aria-label={props.label}
      aria-describedby={describedBy}
      aria-valuemin={range.minimum}
      aria-valuemax={range.maximum}
      aria-valuenow={props.value}
      aria-valuetext={props.valueText}
      aria-disabled={disabled}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={pressKey}
    >
      <div className="slider-track" />
      {!props.isUnset && (
        <>
          <div
            className="slider-fill"
            style={{ left: percent(Math.min(origin, position)), width: percent(Math.abs(position - origin)) }}
          />
          <div className="slider-default" style={{ left: percent(positionOf(props.defaultValue, range)) }} />
          <div className="slider-thumb" style={{ left: percent(position) }} />
        </>
      )}
    </div>
  );
}

function percent(share: number): string {
  return `${share * 100}%`;
}

function valueAfterKey(event: KeyboardEvent, value: number, range: SliderRange): number | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const size = event.shiftKey ? 'fine' : 'normal';
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return stepped(value, 1, size, range);
    case 'ArrowLeft':
    case 'ArrowDown':
      return stepped(value, -1, size, range);
    case 'PageUp':
      return stepped(value, 1, 'page', range);
    case 'PageDown':
      return stepped(value, -1, 'page', range);
    case 'Home':
      return range.minimum;
    case 'End':
      return range.maximum;
    default:
      return undefined;
  }
}
