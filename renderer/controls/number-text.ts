/** What a number may be. `step` also says how many decimals are shown. */
export interface NumberRange {
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly step?: number | undefined;
  readonly integer: boolean;
  readonly unit?: string | undefined;
}

/** A number that was read from an entry, or one sentence why not. */
export type Entry = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly message: string };

/** Numbers of more decimals are written with an exponent where that is shorter. */
const mostPlainDecimals = 6;

/** Decimals that tell neighbouring steps apart; more than 6 only where the whole range needs them. */
export function decimalsOf({ step, integer, minimum, maximum }: NumberRange): number {
  if (integer) return 0;
  if (step !== undefined && step > 0) return decimalsOfStep(step);
  const span = minimum === undefined || maximum === undefined ? undefined : maximum - minimum;
  return span === undefined || span <= 0 ? 3 : decimalsWithin(3 - Math.floor(Math.log10(span)), span);
}

/** As many as wanted up to 6, and beyond that no more than a step or range of that size has to have. */
function decimalsWithin(wanted: number, size: number): number {
  const most = Math.max(mostPlainDecimals, 2 - Math.floor(Math.log10(size)));
  return Math.min(most, 100, Math.max(0, wanted));
}

function decimalsOfStep(step: number): number {
  const most = decimalsWithin(Number.POSITIVE_INFINITY, step);
  for (let decimals = 0; decimals < most; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * scaled) return decimals;
  }
  return most;
}

/** The number as the control shows it: fixed decimals, or an exponent where there would be many, a true minus sign, no unit. */
export function formatNumber(value: number, range: NumberRange): string {
  const decimals = decimalsOf(range);
  const fixed = value.toFixed(decimals);
  const text = decimals > mostPlainDecimals ? String(Number(fixed)) : fixed;
  return Number(text) === 0 ? text.replace('-', '') : text.replaceAll('-', '−');
}

/** Reads what a person typed: either decimal mark, either minus sign, spaces and the control's own unit are understood. */
export function parseNumber(text: string, name: string, range: NumberRange): Entry {
  const refuse = (received: string): Entry => ({
    ok: false,
    message: `Expected ${rangeText(range)} for ${name} but received ${received}`,
  });
  const unit = range.unit ?? '';
  const trimmed = text.trim();
  const bare = unit !== '' && trimmed.toLowerCase().endsWith(unit.toLowerCase()) ? trimmed.slice(0, -unit.length) : trimmed;
  const plain = bare
    .replaceAll('−', '-')
    .replace(',', '.')
    .replaceAll(/[\s\u2007\u202f]/g, '');
  const value = Number(plain);
  if (plain === '' || !Number.isFinite(value)) return refuse(trimmed === '' ? 'nothing' : `“${trimmed}”`);
  if (range.integer && !Number.isInteger(value)) return refuse(trimmed);
  if (value < (range.minimum ?? -Infinity) || value > (range.maximum ?? Infinity)) return refuse(trimmed);
  return { ok: true, value };
}

/** The range in words, for example `a whole number from 1 to 32 px`. */
export function rangeText({ minimum, maximum, integer, unit }: NumberRange): string {
  const kind = integer ? 'a whole number' : 'a number';
  const suffix = unit ? ` ${unit}` : '';
  const text = (bound: number) => String(bound).replaceAll('-', '−');
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${text(minimum)} to ${text(maximum)}${suffix}`;
  if (minimum !== undefined) return `${kind} of at least ${text(minimum)}${suffix}`;
  if (maximum !== undefined) return `${kind} of at most ${text(maximum)}${suffix}`;
  return kind;
}
