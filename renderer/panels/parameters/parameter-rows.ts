import type { ParameterDescription } from '../../../preload/contract.ts';

/** Width and height that are set together. */
export interface ResolutionPair {
  readonly width: ParameterDescription;
  readonly height: ParameterDescription;
}

/** What stands in one line of the panel: a parameter, or the two of a resolution. */
export type ParameterRow = { readonly parameter: ParameterDescription } | { readonly pair: ResolutionPair };

/** The lines of a group: two `resolution` numbers that follow each other are one, unless one of them may have no value. */
export function parameterRows(parameters: readonly ParameterDescription[]): ParameterRow[] {
  const rows: ParameterRow[] = [];
  for (let index = 0; index < parameters.length; index++) {
    const [first, second] = [parameters[index] as ParameterDescription, parameters[index + 1]];
    const pair = second && pairOf(first, second);
    if (pair) index++;
    rows.push(pair ? { pair } : { parameter: first });
  }
  return rows;
}

/** Scope's processors name the height first, others the width: the names decide, and where they do not, the order. */
function pairOf(first: ParameterDescription, second: ParameterDescription): ResolutionPair | undefined {
  const isSide = ({ component, integer, options, unset }: ParameterDescription) =>
    component === 'resolution' && integer && options === undefined && unset === undefined;
  if (!isSide(first) || !isSide(second)) return undefined;
  const heightFirst = first.name.endsWith('height') || second.name.endsWith('width');
  return heightFirst ? { width: second, height: first } : { width: first, height: second };
}

/** A size of a picture in pixels. */
export interface Resolution {
  readonly width: number;
  readonly height: number;
}

const common: readonly Resolution[] = [
  { width: 3840, height: 2160 },
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 960, height: 540 },
  { width: 640, height: 360 },
  { width: 512, height: 512 },
  { width: 256, height: 256 },
];

/** Usual sizes that both sides take, the default first. */
export function offeredResolutions({ width, height }: ResolutionPair): Resolution[] {
  const takes = ({ minimum = -Infinity, maximum = Infinity, step = 1 }: ParameterDescription, value: number) =>
    value >= minimum && value <= maximum && (step <= 1 || (value - Math.max(minimum, 0)) % step === 0);
  const first = { width: Number(width.defaultValue), height: Number(height.defaultValue) };
  const fitting = common.filter((size) => takes(width, size.width) && takes(height, size.height));
  return [first, ...fitting.filter((size) => size.width !== first.width || size.height !== first.height)];
}
