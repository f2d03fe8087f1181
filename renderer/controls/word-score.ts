/**
 * How well an entry of a list fits what was typed, 0 for not at all: every typed word must stand in its title or among its other
 * words. Titles that begin with it come first, then titles that hold it, then entries known by another word.
 */
export function wordScore(title: string, search: string, keywords: readonly string[] = []): number {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const spoken = title.toLowerCase();
  const known = `${spoken} ${keywords.join(' ').toLowerCase()}`;
  if (!words.every((word) => known.includes(word))) return 0;
  const first = words[0] ?? '';
  if (spoken.startsWith(first)) return 1;
  return words.every((word) => spoken.includes(word)) ? 0.7 : 0.4;
}

/** What can be found in a palette: its title, and other words that it is known by. */
export interface Findable {
  readonly title: string;
  readonly keywords: readonly string[];
  /** It is shown but cannot be chosen. */
  readonly disabled?: boolean;
}

/**
 * Groups of a palette, those with the entry that fits best first: the first that can be chosen is what Enter chooses. Otherwise in their
 * order.
 */
export function bestFirst<G extends { readonly entries: readonly Findable[] }>(groups: readonly G[], search: string): G[] {
  const scoreOf = ({ entries }: G): number =>
    Math.max(0, ...entries.map(({ title, keywords, disabled }) => (disabled ? 0 : wordScore(title, search, keywords))));
  const scored = groups.map((group) => ({ group, score: scoreOf(group) }));
  return scored.sort((one, other) => other.score - one.score).map(({ group }) => group);
}
