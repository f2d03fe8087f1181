import type { AddPanelPositionOptions, DockviewApi, SerializedDockview } from 'dockview-react';
import type { PanelId } from '../panels/panel-definitions.ts';
import { panelDefinitions } from '../panels/panel-definitions.ts';
import type { Keep } from '../store/page-store.ts';
import type { Size } from '../view/viewport.ts';
import { addPanel, leastPanel, type Place, tuneSizes } from './tune-layout.ts';

const layoutKey = 'camera-lab.layout.2';
/** Puts a closed panel back where Tune has it, or closes an open one. */
export function togglePanel(api: DockviewApi, id: PanelId, size: Size): void {
  const open = api.getPanel(id);
  if (open) {
    api.removePanel(open);
    return;
  }
  const { left, right, bottom } = tuneSizes(size);
  const places: Record<PanelId, Place> = {
    viewer: {
      position: placeBeside(
        api,
        [
          ['sessions', 'above'],
          ['parameters', 'left'],
          ['source', 'right'],
        ],
        'right',
      ),
    },
    sessions: { position: placeBeside(api, [['viewer', 'below']], 'below'), initialHeight: bottom },
    parameters: { position: { direction: 'right' }, initialWidth: right },
    source: {
      position: placeBeside(
        api,
        [
          ['chain', 'above'],
          ['controls', 'above'],
          ['viewer', 'left'],
        ],
        'left',
      ),
      initialWidth: left,
    },
    chain: {
      position: placeBeside(
        api,
        [
          ['source', 'below'],
          ['controls', 'above'],
          ['viewer', 'left'],
        ],
        'left',
      ),
      initialWidth: left,
    },
    controls: {
      position: placeBeside(
        api,
        [
          ['chain', 'below'],
          ['source', 'below'],
          ['viewer', 'left'],
        ],
        'left',
      ),
      initialWidth: left,
    },
  };
  addPanel(api, id, places[id]);
}

type Direction = 'above' | 'below' | 'left' | 'right';

/** Beside the first of these panels that is open, else at that edge of the window. */
function placeBeside(
  api: DockviewApi,
  wishes: readonly (readonly [PanelId, Direction])[],
  edge: Direction,
): AddPanelPositionOptions {
  const wish = wishes.find(([id]) => api.getPanel(id) !== undefined);
  return wish ? { referencePanel: wish[0], direction: wish[1] } : { direction: edge };
}

/** Brings the kept layout back; false where there is none, or it cannot be read. */
export function restoreLayout(api: DockviewApi, keep: Keep): boolean {
  const kept = readLayout(keep);
  if (kept === undefined) return false;
  try {
    api.fromJSON(kept);
    return true;
  } catch {
    // A layout of another version or a damaged one is worth less than a working window.
    forgetLayout(keep);
    return false;
  }
}

/** Keeps the layout as it is now. */
export function keepLayout(api: DockviewApi, keep: Keep): void {
  keep.setItem(layoutKey, JSON.stringify(api.toJSON()));
}

/** Keeps none: the next window begins with Tune. */
export function forgetLayout(keep: Keep): void {
  keep.removeItem(layoutKey);
}

/** The kept layout, or undefined when there is none or it names panels that this version does not have. */
export function readLayout(keep: Keep): SerializedDockview | undefined {
  const text = keep.getItem(layoutKey);
  if (text === null) return undefined;
  try {
    const layout = JSON.parse(text) as Partial<SerializedDockview> | null;
    const ids = Object.keys(layout?.panels ?? {});
    const known = ids.length > 0 && ids.every((id) => panelDefinitions.some((panel) => panel.id === id));
    return known && layout?.grid ? withLeastSizes(layout as SerializedDockview) : undefined;
  } catch {
    return undefined;
  }
}

/** Least sizes are this version's, whatever those were with which the layout was kept. */
function withLeastSizes(layout: SerializedDockview): SerializedDockview {
  const panels = Object.entries(layout.panels).map(([id, panel]) => [id, { ...panel, ...leastPanel }]);
  return { ...layout, panels: Object.fromEntries(panels) };
}
