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
