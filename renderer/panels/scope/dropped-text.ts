/** More than any schema has: what is longer is no text to import. */
const mostBytes = 500_000;

/** The text of the one file that was dropped, or the text itself; undefined for anything else, and for more than a schema can have. */
export async function droppedText(data: Pick<DataTransfer, 'files' | 'getData'>): Promise<string | undefined> {
  const [file] = data.files;
  if (file) return file.size <= mostBytes ? file.text() : undefined;
  const text = data.getData('text/plain');
  return text === '' || text.length > mostBytes ? undefined : text;
}

/** Takes JSON files that are dropped anywhere on the page, until the returned function is called: otherwise the browser would open them. */
export function listenForJson(take: (text: string) => void, target: Window = window): () => void {
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    // What a dialog asks for may be something else.
    if (target.document.querySelector('[role=dialog][data-modal]')) return;
    void droppedText(event.dataTransfer).then((text) => text !== undefined && take(text));
  };
  target.addEventListener('dragover', over);
  target.addEventListener('drop', drop);
  return () => {
    target.removeEventListener('dragover', over);
    target.removeEventListener('drop', drop);
  };
}
