/** The bounds of a slider and the raster of its values; `step` undefined or 0 means none. */
export interface SliderRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number | undefined;
  readonly integer: boolean;
}

/** Ranges above zero that span more than this are laid out by ratio: exposure times, ISO gains. */
const ratioForLogarithmic = 200;
/** A key step where the range names none: a hundredth of the way. */
const keySteps = 100;

function isLogarithmic({ minimum, maximum }: SliderRange): boolean {
  return minimum > 0 && maximum / minimum > ratioForLogarithmic;
}

/** Where a value stands on the slider, 0 to 1. */
export function positionOf(value: number, range: SliderRange): number {
  const { minimum, maximum } = range;
  if (maximum <= minimum) return 0;
  const position = isLogarithmic(range)
    ? Math.log(value / minimum) / Math.log(maximum / minimum)
    : (value - minimum) / (maximum - minimum);
  return Math.min(Math.max(position, 0), 1);
}

/** The value at a position of 0 to 1, on the raster and inside the bounds. */
export function valueAt(position: number, range: SliderRange): number {
  const { minimum, maximum } = range;
  const clamped = Math.min(Math.max(position, 0), 1);
  const value = isLogarithmic(range) ? minimum * (maximum / minimum) ** clamped : minimum + (maximum - minimum) * clamped;
  return snap(value, range);
}

/** The nearest value on the raster, counted from the minimum, inside the bounds and free of binary dust. */
export function snap(value: number, { minimum, maximum, step, integer }: SliderRange): number {
  const raster = integer ? Math.max(1, step ?? 1) : (step ?? 0);
  const snapped = raster > 0 ? minimum + Math.round((value - minimum) / raster) * raster : value;
  return Number(Math.min(Math.max(snapped, minimum), maximum).toPrecision(12));
}

/** The value after one key press. `size`: `fine` is one raster step, `normal` a hundredth of the range, `page` a tenth. */
export function stepped(value: number, direction: 1 | -1, size: 'fine' | 'normal' | 'page', range: SliderRange): number {
  const raster = range.integer ? Math.max(1, range.step ?? 1) : (range.step ?? 0);
  const share = size === 'page' ? 10 / keySteps : size === 'normal' ? 1 / keySteps : 0.1 / keySteps;
  const next =
    size === 'fine' && raster > 0 ? value + direction * raster : valueAt(positionOf(value, range) + direction * share, range);
  const moved = snap(next, range);
  // On a coarse raster a hundredth may round back to where it began: a key press always moves.
  return moved === value && raster > 0 ? snap(value + direction * raster, range) : moved;
}
