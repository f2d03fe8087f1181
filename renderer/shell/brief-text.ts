/** Longer sentences are cut: a passing notice is read at a glance. */
const charactersShown = 160;

/** The first sentence of a message, or as much of it as fits a passing notice. A point inside a number or name ends nothing. */
export function briefText(message: string): string {
  const sentence = /^.*?[.!?](?=\s|$)/s.exec(message)?.[0] ?? message;
  return sentence.length <= charactersShown ? sentence : `${sentence.slice(0, charactersShown - 1).trimEnd()}…`;
}
