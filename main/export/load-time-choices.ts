import type { ParameterValue } from '../../preload/contract.ts';
import type { ExportParameter } from './export-parameter.ts';

/** Most graphs that are exported of one processor: one for every combination of the values that shape it. */
export const mostGraphs = 64;

/** How the load-time parameters of a processor come into an export, where nothing can be built anew. */
export interface LoadTimeChoices {
  /** Parameters that can still be chosen, each with all its values; a graph is exported for every combination. */
  readonly open: readonly { readonly parameter: ExportParameter; readonly values: readonly ParameterValue[] }[];
  /** Parameters that keep the value that they were exported with, which is their default. */
  readonly fixed: readonly ExportParameter[];
}

/**
 * Decides which load-time parameters stay open: switches, choices and whole numbers, by their order, as long as all combinations are
 * at most {@link mostGraphs}. Fractions and texts have no end of values, so they are fixed; so is everything where `most` is 1.
 */
export function loadTimeChoices(parameters: readonly ExportParameter[], most = mostGraphs): LoadTimeChoices {
  const open: LoadTimeChoices['open'][number][] = [];
  const fixed: ExportParameter[] = [];
  let graphs = 1;
  for (const parameter of parameters.filter(({ kind }) => kind === 'load-time')) {
    const count = countOf(parameter);
    if (graphs * count <= most) {
      graphs *= count;
      open.push({ parameter, values: valuesOf(parameter) });
    } else fixed.push(parameter);
  }
  return { open, fixed };
}

function countOf({ control, options, integer, minimum, maximum, multipleOf: step = 1 }: ExportParameter): number {
  if (options) return options.length;
  if (control === 'toggle') return 2;
  if (!integer || minimum === undefined || maximum === undefined) return Number.POSITIVE_INFINITY;
  return Math.floor(maximum / step) - Math.ceil(minimum / step) + 1;
}

function valuesOf(parameter: ExportParameter): ParameterValue[] {
  const { options, control, minimum = 0, multipleOf: step = 1 } = parameter;
  if (options) return options.map(({ value }) => value);
  if (control === 'toggle') return [false, true];
  return Array.from({ length: countOf(parameter) }, (_, index) => (Math.ceil(minimum / step) + index) * step);
}

/** Every combination of the values of the open parameters, the last one changing fastest; one empty combination where none is open. */
export function combinationsOf({ open }: LoadTimeChoices): ParameterValue[][] {
  return open.reduce<ParameterValue[][]>(
    (combinations, { values }) => combinations.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  );
}
