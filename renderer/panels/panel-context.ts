import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { LabClient } from '../client/lab-client.ts';
import type { CatalogueEditor } from '../store/catalogue-editor.ts';
import type { ChainEditor } from '../store/chain-editor.ts';
import type { ControlEditor } from '../store/control-editor.ts';
import type { EditHistory } from '../store/edit-history.ts';
import type { LabActions } from '../store/lab-actions.ts';
import type { PageState, PageStore } from '../store/page-store.ts';
import type { ParameterEditor } from '../store/parameter-editor.ts';
import type { PresetEditor } from '../store/preset-editor.ts';
import type { ScopeEditor } from '../store/scope-editor.ts';
import type { LabState, LabStore } from '../store/store.ts';
import type { ViewerController } from '../view/viewer-controller.ts';

/** All that panels and commands stand on, made once by the entry. */
export interface LabServices {
  readonly client: LabClient;
  readonly store: LabStore;
  readonly page: PageStore;
  readonly actions: LabActions;
  readonly parameters: ParameterEditor;
  readonly controls: ControlEditor;
  readonly presets: PresetEditor;
  readonly chain: ChainEditor;
  readonly catalogue: CatalogueEditor;
  readonly scope: ScopeEditor;
  /** Undo and redo over all three. */
  readonly history: EditHistory;
  readonly viewer: ViewerController;
  /** Puts a line on the clipboard. */
  copyText(text: string): Promise<void>;
}

/** Carries the services to every panel. */
export const LabServicesContext = createContext<LabServices | undefined>(undefined);

/** The services; only below the provider. */
export function useLab(): LabServices {
  const services = useContext(LabServicesContext);
  if (!services) throw new Error('Expected a LabServicesContext above this component');
  return services;
}

/** A part of what the lab said. The selector must return the same reference while nothing changed. */
export function useLabState<T>(selector: (state: LabState) => T): T {
  return useStore(useLab().store, selector);
}

/** A part of the page's own state. */
export function usePageState<T>(selector: (state: PageState) => T): T {
  return useStore(useLab().page, selector);
}
