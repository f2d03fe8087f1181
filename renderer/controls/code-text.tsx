/** A sentence of the lab, with what stands between backticks in it as code. */
export function CodeText({ text }: { text: string }) {
  const parts = text.split('`');
  // A backtick without another is one that the sentence is about.
  if (parts.length % 2 === 0) return text;
  return parts.map((part, index) => {
    const key = `${index} ${part}`;
    return index % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>;
  });
}
