/** Where a function was found to be least, and how often it was asked. */
export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

/** When to stop: at the latest after so many evaluations, at the earliest once the simplex's values agree to `tolerance`. */
export interface MinimiseOptions {
  readonly maximumEvaluations: number;
  readonly tolerance: number;
}

interface Vertex {
  readonly at: readonly number[];
  readonly value: number;
}

/**
 * The nearest minimum of a function of a few variables without derivatives: J. Nelder, R. Mead, "A simplex method for function
 * minimization", 1965, with the coefficients that F. Gao and L. Han (2012) adapt to the number of variables, begun anew around the
 * best point until that gains nothing. `steps` are the edges of the first simplex. Deterministic.
 */
export function minimise(
  valueAt: (at: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
  { maximumEvaluations, tolerance }: MinimiseOptions,
): Minimum {
  let evaluations = 0;
  const vertexAt = (at: readonly number[]): Vertex => {
    evaluations++;
    return { at, value: valueAt(at) };
  };
  let best = vertexAt(start);
  for (;;) {
    const simplex = [best, ...steps.map((step, axis) => vertexAt(moved(best.at, axis, step)))];
    const found = descended(simplex, vertexAt, () => evaluations >= maximumEvaluations, tolerance);
    const gained = best.value - found.value;
    if (found.value < best.value) best = found;
    if (evaluations >= maximumEvaluations || !(gained > tolerance)) return { ...best, evaluations };
  }
}

function moved(at: readonly number[], axis: number, step: number): number[] {
  return at.map((value, index) => (index === axis ? value + step : value));
}

/** One run of the simplex; returns its best vertex. */
function descended(
  first: readonly Vertex[],
  vertexAt: (at: readonly number[]) => Vertex,
  isOver: () => boolean,
  tolerance: number,
): Vertex {
  const order = first.length - 1;
  const [expansion, contraction, shrinkage] = [1 + 2 / order, 0.75 - 1 / (2 * order), 1 - 1 / order];
  const simplex = [...first];
  for (;;) {
    simplex.sort((one, other) => one.value - other.value);
    const [best, worst] = [simplex[0] as Vertex, simplex[order] as Vertex];
    if (isOver() || worst.value - best.value <= tolerance) return best;
    const rest = simplex.slice(0, order);
    const centre = best.at.map((_, axis) => rest.reduce((sum, { at }) => sum + (at[axis] as number), 0) / order);
    const along = (share: number): Vertex =>
      vertexAt(centre.map((value, axis) => value + share * (value - (worst.at[axis] as number))));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(expansion);
      simplex[order] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < (simplex[order - 1] as Vertex).value) {
      simplex[order] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? contraction : -contraction);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[order] = contracted;
      else
        for (const [index, { at }] of simplex.entries()) {
          if (index > 0)
            simplex[index] = vertexAt(
              at.map((value, axis) => (best.at[axis] as number) + shrinkage * (value - (best.at[axis] as number))),
            );
        }
    }
  }
}
