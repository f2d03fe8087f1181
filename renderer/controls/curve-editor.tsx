import { Minus, Plus } from 'lucide-react';
import { useRef } from 'react';
import { curvePath } from './curve-path.ts';
import type { CurvePoint } from './curve-points.ts';
import { curvePointCounts, roomOf, withPointAt } from './curve-points.ts';
import { NumberEntry } from './number-entry.tsx';
import type { CurveActs, CurveHand } from './use-curve-hand.ts';
import { keyOnPoint, useCurveActs, useCurveDrag } from './use-curve-hand.ts';

/** A curve that is drawn with; `label` is spoken. */
export interface CurveEditorProps extends CurveHand {
  readonly label: string;
}

/**
 * Points that are dragged, added on the curve, deleted and typed. By keyboard: arrow keys move the focused point (Shift finely,
 * Page Up and Down far), Insert adds one, Delete takes it away.
 */
export function CurveEditor(props: CurveEditorProps) {
  const { label, points, disabled } = props;
  const plot = useRef<HTMLDivElement>(null);
  const acts = useCurveActs(props, plot);
  const drag = useCurveDrag(props, plot, acts);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be drawn on */}
      <div
        ref={plot}
        role="group"
        className="curve-plot"
        aria-label={`Points of ${label}`}
        data-disabled={disabled || undefined}
        onPointerDown={drag.press}
        onPointerMove={drag.move}
        onPointerUp={drag.release}
        onPointerCancel={drag.release}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="curve-grid" d="M25,0V100M50,0V100M75,0V100M0,25H100M0,50H100M0,75H100M0,100L100,0" />
          <path className="curve-line" d={curvePath(points)} />
        </svg>
        {points.map((point, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place in the order
          <CurveHandle key={index} editor={props} acts={acts} index={index} point={point} />
        ))}
      </div>
      <CurveFoot editor={props} acts={acts} />
    </>
  );
}

function CurveHandle(props: { editor: CurveEditorProps; acts: CurveActs; index: number; point: CurvePoint }) {
  const { editor, acts, index } = props;
  const { x, y } = props.point;
  return (
    <div
      role="slider"
      className="curve-point"
      tabIndex={editor.disabled ? -1 : 0}
      aria-label={`Point ${index + 1} of ${editor.points.length}, ${editor.label}`}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={y}
      aria-valuetext={`x ${x.toFixed(3)}, y ${y.toFixed(3)}`}
      aria-disabled={editor.disabled}
      data-selected={index === acts.selected || undefined}
      style={{ left: `${100 * x}%`, top: `${100 * (1 - y)}%` }}
      onFocus={() => acts.choose(index)}
      onKeyDown={(event) => keyOnPoint(event, index, editor, acts)}
      onDoubleClick={() => !editor.disabled && acts.remove(index, 'gesture')}
    />
  );
}

/** The chosen point as numbers, and the buttons to add one and to take it away. */
function CurveFoot({ editor, acts }: { editor: CurveEditorProps; acts: CurveActs }) {
  const { label, points, disabled } = editor;
  const { selected } = acts;
  const isEnd = selected === 0 || selected === points.length - 1;
  return (
    <div className="curve-foot">
      <span className="curve-count">
        {selected + 1}/{points.length}
      </span>
      <AxisEntry editor={editor} index={selected} axis="x" locked={isEnd} />
      <AxisEntry editor={editor} index={selected} axis="y" locked={false} />
      <button
        type="button"
        className="icon-button"
        aria-label={`Add a point to ${label}`}
        disabled={disabled || points.length >= curvePointCounts.most}
        onClick={() => acts.addInWidestGap('gesture')}
      >
        <Plus size={12} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Delete point ${selected + 1} of ${label}`}
        disabled={disabled || isEnd}
        onClick={() => acts.remove(selected, 'gesture')}
      >
        <Minus size={12} aria-hidden />
      </button>
    </div>
  );
}

function AxisEntry(props: { editor: CurveEditorProps; index: number; axis: 'x' | 'y'; locked: boolean }) {
  const { editor, index, axis, locked } = props;
  const point = editor.points[index] ?? { x: 0, y: 0 };
  const [minimum, maximum] = roomOf(editor.points, index)[axis];
  return (
    <>
      <span aria-hidden>{axis}</span>
      <NumberEntry
        label={`${axis} of point ${index + 1}, ${editor.label}`}
        name={axis}
        value={point[axis]}
        range={{ minimum, maximum, step: 0.001, integer: false }}
        disabled={editor.disabled || locked}
        onCommit={(value) => {
          editor.onChange(withPointAt(editor.points, index, { ...point, [axis]: value }));
          editor.onCommit('gesture');
        }}
      />
    </>
  );
}
