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

/** Decimals that tell neighbouring steps apart, at most 6. */
export function decimalsOf({ step, integer, minimum, maximum }: NumberRange): number {
  if (integer) return 0;
  if (step !== undefined && step > 0) return decimalsOfStep(step);
  const span = minimum === undefined || maximum === undefined ? undefined : maximum - minimum;
  return span === undefined || span <= 0 ? 3 : Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(span))));
}

function decimalsOfStep(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, scaled)) return decimals;
  }
  return 6;
}

/** The number as the control shows it: fixed decimals, a true minus sign, no unit. */
export function formatNumber(value: number, range: NumberRange): string {
  const text = value.toFixed(decimalsOf(range));
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
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
    .replace('−', '-')
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
  const text = (bound: number) => String(bound).replace('-', '−');
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${text(minimum)} to ${text(maximum)}${suffix}`;
  if (minimum !== undefined) return `${kind} of at least ${text(minimum)}${suffix}`;
  if (maximum !== undefined) return `${kind} of at most ${text(maximum)}${suffix}`;
  return kind;
}
