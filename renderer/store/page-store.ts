import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type { SensorAnalysis } from './background-actions.ts';

/** The two neutral surrounds: `dark` for daily work, `grey` (about 18 % reflectance) for judging colour. */
export type ThemeName = 'dark' | 'grey';

/** What belongs to the page alone and the lab never hears of. */
export interface PageState {
  readonly theme: ThemeName;
  readonly paletteOpen: boolean;
  readonly openFileOpen: boolean;
  readonly sourceMenuOpen: boolean;
  /** The dialog about the sensor: what was found, or that it is being looked for; absent while it is closed. */
  readonly analysis?: SensorAnalysis | 'running' | undefined;
  readonly addProcessorOpen: boolean;
  readonly packagesOpen: boolean;
  /** The package whose code the user is asked to trust. */
  readonly trustFolder: string | undefined;
  /** Whose code is shown, by processor id or entry's key. */
  readonly codeOf: string | undefined;
  /** The dialog in which JSON of Daydream Scope is imported: a schema, or values of the pipeline that is shown. */
  readonly scopeDialog?: 'schema' | 'values' | undefined;
  /** Panels in the layout now, by id. */
  readonly openPanels: readonly string[];
  /** Whose parameters the panel shows, by processor id; the stream's where it is not said. */
  readonly shownProcessor?: string;
  /** Classes of device controls that are folded away, by name. */
  readonly foldedGroups: readonly string[];
  /** What the viewer does now, for buttons and labels. */
  readonly view: { readonly frozen: boolean; readonly fitted: boolean; readonly zoomPercent: number; readonly hasFrame: boolean };
}

/** The store of the page's own state. */
export type PageStore = StoreApi<PageState>;

/** A few named strings that outlive the page: `localStorage`, or nothing where it is denied. */
export type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const themeKey = 'camera-lab.theme';

/** A store with the theme that was kept. */
export function createPageStore(keep: Keep): PageStore {
  const theme = keep.getItem(themeKey) === 'grey' ? 'grey' : 'dark';
  const store = createStore<PageState>(() => ({
    theme,
    paletteOpen: false,
    openFileOpen: false,
    sourceMenuOpen: false,
    addProcessorOpen: false,
    packagesOpen: false,
    trustFolder: undefined,
    codeOf: undefined,
    openPanels: [],
    foldedGroups: [],
    view: { frozen: false, fitted: true, zoomPercent: 100, hasFrame: false },
  }));
  store.subscribe((next, before) => {
    if (next.theme !== before.theme) keep.setItem(themeKey, next.theme);
  });
  return store;
}

/** The browser's store, or one that forgets where the browser denies it (private windows, blocked site data). */
export function browserKeep(): Keep {
  try {
    localStorage.getItem(themeKey);
    return localStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}
