import { mostJsonLength } from '../../../preload/contract.ts';

/**
 * The text of the one file that was dropped, or the text itself. What was dropped is looked at before this returns: it is gone after the
 * event. Rejects with a sentence for a person where it is neither, longer than any schema, or cannot be read, as a folder cannot.
 */
export async function droppedText(data: Pick<DataTransfer, 'files' | 'getData'>): Promise<string> {
  const [file, ...others] = data.files;
  if (others.length > 0) throw new Error(`Expected one file of JSON but received ${others.length + 1}`);
  if (file) {
    expectLength(file.size, 'bytes', file.name);
    return file.text().catch((cause: unknown) => {
      throw new Error(`Expected a file that can be read but received ${file.name}`, { cause });
    });
  }
  const text = data.getData('text/plain');
  if (text === '') throw new Error('Expected a file of JSON or its text but received neither');
  expectLength(text.length, 'characters', 'a text');
  return text;
}

function expectLength(length: number, unit: string, name: string): void {
  if (length <= mostJsonLength) return;
  throw new Error(`Expected JSON of at most ${mostJsonLength} ${unit} but received ${name} with ${length}`);
}

/**
 * Takes JSON files that are dropped anywhere on the page, until the returned function is called: otherwise the browser would open them.
 * What is handed over rejects as {@link droppedText} does.
 */
export function listenForJson(take: (text: Promise<string>) => void, target: Window = window): () => void {
  const over = (event: DragEvent) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    // What a dialog asks for may be something else.
    if (target.document.querySelector('[role=dialog][data-modal]')) return;
    take(droppedText(event.dataTransfer));
  };
  target.addEventListener('dragover', over);
  target.addEventListener('drop', drop);
  return () => {
    target.removeEventListener('dragover', over);
    target.removeEventListener('drop', drop);
  };
}
