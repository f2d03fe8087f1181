import type { KeyboardEvent, PointerEvent, RefObject } from 'react';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { CurvePoint } from './curve-points.ts';
import { widestGap, withoutPoint, withPointAdded, withPointAt } from './curve-points.ts';
import { monotoneCubic } from './monotone-cubic.ts';

/** The curve under a hand: `onChange` tells it while it moves, `onCommit` once when it rests. */
export interface CurveHand {
  readonly points: readonly CurvePoint[];
  readonly disabled: boolean;
  readonly onChange: (points: readonly CurvePoint[]) => void;
  readonly onCommit: (origin: 'gesture' | 'keyboard') => void;
}

/** What can be done with the points as a whole. */
export interface CurveActs {
  /** Index of the chosen point. */
  readonly selected: number;
  choose(index: number): void;
  /** Chooses a point and gives it the focus. */
  focus(index: number): void;
  /** Adds a point without ending the gesture; undefined where there is no room for it. */
  add(at: CurvePoint): ReturnType<typeof withPointAdded>;
  addInWidestGap(origin: 'gesture' | 'keyboard'): void;
  remove(index: number, origin: 'gesture' | 'keyboard'): void;
}

/** A drag with Shift held moves at a tenth of the pace. */
const finePace = 0.1;
/** So far from a point or from the curve a press still means it, in pixels. */
const reach = 12;
const keySteps = { fine: 0.001, normal: 0.01, page: 0.1 } as const;

/** The choice of a point, and adding and removing them. `plot` holds the points as its sliders, in their order. */
export function useCurveActs(hand: CurveHand, plot: RefObject<HTMLElement | null>): CurveActs {
  const { points, onChange, onCommit } = hand;
  const [chosen, choose] = useState(0);

  function focus(index: number) {
    // The point may just have been added or taken away: only what is drawn can be focused.
    flushSync(() => choose(index));
    plot.current?.querySelectorAll<HTMLElement>('[role=slider]')[index]?.focus();
  }

  function add(at: CurvePoint) {
    const added = withPointAdded(points, at);
    if (!added) return undefined;
    flushSync(() => onChange(added.points));
    focus(added.index);
    return added;
  }

  function addInWidestGap(origin: 'gesture' | 'keyboard') {
    const x = widestGap(points);
    if (add({ x, y: monotoneCubic(points)(x) })) onCommit(origin);
  }

  function remove(index: number, origin: 'gesture' | 'keyboard') {
    const next = withoutPoint(points, index);
    if (next === points) return;
    flushSync(() => onChange(next));
    focus(index - 1);
    onCommit(origin);
  }

  return { selected: Math.min(chosen, points.length - 1), choose, focus, add, addInWidestGap, remove };
}

/** Dragging points, and adding one by a press on the curve. */
export function useCurveDrag(hand: CurveHand, plot: RefObject<HTMLElement | null>, acts: CurveActs) {
  const { points, disabled, onChange, onCommit } = hand;
  const drag = useRef<{ index: number; point: CurvePoint; clientX: number; clientY: number } | undefined>(undefined);

  function press(event: PointerEvent<HTMLElement>) {
    const box = plot.current?.getBoundingClientRect();
    if (disabled || event.button !== 0 || !box || box.width === 0 || box.height === 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = { x: (event.clientX - box.left) / box.width, y: 1 - (event.clientY - box.top) / box.height };
    const grip = nearestPoint(points, at, box) ?? addedOnCurve(at, box);
    if (!grip) return;
    acts.focus(grip.index);
    const { clientX, clientY } = event;
    drag.current = { ...grip, clientX, clientY };
  }

  function addedOnCurve(at: CurvePoint, box: DOMRect) {
    const y = monotoneCubic(points)(Math.min(Math.max(at.x, 0), 1));
    const added = Math.abs(y - at.y) * box.height > reach ? undefined : acts.add({ x: at.x, y });
    const point = added?.points[added.index];
    return added && point && { index: added.index, point };
  }

  function move(event: PointerEvent<HTMLElement>) {
    const box = plot.current?.getBoundingClientRect();
    if (!drag.current || !box) return;
    const { index, point, clientX, clientY } = drag.current;
    const pace = event.shiftKey ? finePace : 1;
    const x = point.x + ((event.clientX - clientX) / box.width) * pace;
    const y = point.y - ((event.clientY - clientY) / box.height) * pace;
    drag.current = { index, point: { x, y }, clientX: event.clientX, clientY: event.clientY };
    onChange(withPointAt(points, index, { x, y }));
  }

  function release() {
    if (!drag.current) return;
    drag.current = undefined;
    onCommit('gesture');
  }

  return { press, move, release };
}

/** What a key does on the point that has the focus. */
export function keyOnPoint(event: KeyboardEvent, index: number, hand: CurveHand, acts: CurveActs): void {
  const { points, disabled } = hand;
  const point = points[index];
  if (disabled || event.ctrlKey || event.metaKey || event.altKey || !point) return;
  const [dx, dy] = moveOfKey(event) ?? [0, 0];
  if (dx !== 0 || dy !== 0) {
    hand.onChange(withPointAt(points, index, { x: point.x + dx, y: point.y + dy }));
    hand.onCommit('keyboard');
  } else if (event.key === 'Insert') acts.addInWidestGap('keyboard');
  else if (event.key === 'Delete' || event.key === 'Backspace') acts.remove(index, 'keyboard');
  else return;
  event.preventDefault();
}

function nearestPoint(points: readonly CurvePoint[], at: CurvePoint, box: DOMRect) {
  const distances = points.map(({ x, y }) => Math.hypot((x - at.x) * box.width, (y - at.y) * box.height));
  const index = distances.indexOf(Math.min(...distances));
  const point = points[index];
  return point && (distances[index] as number) <= reach ? { index, point } : undefined;
}

function moveOfKey({ key, shiftKey }: KeyboardEvent): readonly [number, number] | undefined {
  const step = shiftKey ? keySteps.fine : keySteps.normal;
  switch (key) {
    case 'ArrowLeft':
      return [-step, 0];
    case 'ArrowRight':
      return [step, 0];
    case 'ArrowUp':
      return [0, step];
    case 'ArrowDown':
      return [0, -step];
    case 'PageUp':
      return [0, keySteps.page];
    case 'PageDown':
      return [0, -keySteps.page];
    default:
      return undefined;
  }
}
