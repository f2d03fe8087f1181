import type { ProcessorCatalogue } from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import type { EditorOptions } from './editor-options.ts';

/** What the user decides about packages of processors. Everything resolves to whether the lab took it; a refusal is told as a notice. */
export class CatalogueEditor {
  readonly #options: EditorOptions;

  constructor(options: EditorOptions) {
    this.#options = options;
  }

  /** Reads all folders again. */
  refresh(): Promise<boolean> {
    return this.#take((client) => client.call('catalogue.refresh', {}));
  }

  /** Trusts the code of a package as long as its content is the one of `hash`. */
  trust(folder: string, hash: string): Promise<boolean> {
    return this.#take((client) => client.call('package.trust', { folder, hash }));
  }

  setDisabled(folder: string, disabled: boolean): Promise<boolean> {
    return this.#take((client) => client.call('package.setDisabled', { folder, disabled }));
  }

  /** Deletes a package from disk. */
  remove(folder: string): Promise<boolean> {
    return this.#take((client) => client.call('package.remove', { folder }));
  }

  setFolder(folder: string, included: boolean): Promise<boolean> {
    return this.#take((client) => client.call('catalogue.setFolder', { folder, included }));
  }

  #take(ask: (client: LabClient) => Promise<ProcessorCatalogue>): Promise<boolean> {
    const { client, store, report } = this.#options;
    return report(async () => store.setState({ catalogue: await ask(client) }));
  }
}
