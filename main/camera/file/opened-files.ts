import type { SourceEntry } from '../../../preload/contract.ts';
import type { Camera } from '../camera.ts';
import type { RawDescription } from './raw-description.ts';

/** A file as it was opened: headerless ones need their geometry every time. */
export interface FileChoice {
  readonly path: string;
  readonly geometry?: RawDescription;
}

/** Files that were opened as cameras since the program started, so that one can go back to them without saying their geometry again. */
export class OpenedFiles {
  readonly #files = new Map<string, { readonly entry: SourceEntry; readonly choice: FileChoice }>();

  /** Lists a file from now on; opened again with another geometry, it keeps the newest. */
  remember(camera: Pick<Camera, 'id' | 'name' | 'modes'>, choice: FileChoice): void {
    const [mode] = camera.modes;
    const detail = mode === undefined ? choice.path : `${mode.width} × ${mode.height} ${mode.pixelFormat}, ${choice.path}`;
    this.#files.set(camera.id, { entry: { id: camera.id, kind: 'file', name: camera.name, detail, available: true }, choice });
  }

  /** Every opened file as a source, in the order in which they were opened first. */
  entries(): SourceEntry[] {
    return [...this.#files.values()].map(({ entry }) => entry);
  }

  /** How to open the source of that id, or undefined when it is none of these files. */
  choiceOf(sourceId: string): FileChoice | undefined {
    return this.#files.get(sourceId)?.choice;
  }
}
