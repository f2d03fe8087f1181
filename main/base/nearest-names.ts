/** So many names are read at a glance. */
const fewNames = 8;
const mostNearest = 3;

/**
 * The names that a person may have meant by one that there is not, in a sentence's brackets: all where there are few or none comes
 * near, else at most three, the nearest first.
 */
export function namesToOffer(name: string, known: readonly string[]): string {
  const near = known.length <= fewNames ? [] : nearestNames(name, known);
  return near.length > 0 ? `nearest: ${near.join(', ')}` : known.join(', ');
}

/**
 * Names that differ from one by a slip: up to a third of its letters wrong, missing, too many or swapped, or words left out. Case and
 * kind of hyphen do not count.
 */
function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = plain(name);
  const reach = Math.max(1, Math.floor(wanted.length / 3));
  const rated = known.map((candidate) => ({ candidate, distance: distanceBetween(wanted, plain(candidate)) }));
  const isPart = ({ candidate }: { candidate: string }): boolean => wanted.length > 2 && plain(candidate).includes(wanted);
  const near = rated.filter((one) => one.distance <= reach || isPart(one));
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, mostNearest)
    .map(({ candidate }) => candidate);
}

const plain = (name: string): string => name.toLowerCase().replaceAll('-', '_');

/** Optimal string alignment distance: edits of one letter and swaps of neighbours. */
function distanceBetween(from: string, to: string): number {
  let [before, last] = [[] as number[], Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      let least = Math.min(
        (last[column] as number) + 1,
        (next[column - 1] as number) + 1,
        (last[column - 1] as number) + (isSame ? 0 : 1),
      );
      const isSwapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwapped) least = Math.min(least, (before[column - 2] as number) + 1);
      next.push(least);
    }
    [before, last] = [last, next];
  }
  return last[to.length] as number;
}
