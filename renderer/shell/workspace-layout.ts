import type { AddPanelOptions, AddPanelPositionOptions, DockviewApi, SerializedDockview } from 'dockview-react';
import type { PanelId } from '../panels/panel-definitions.ts';
import { panelDefinitions } from '../panels/panel-definitions.ts';
import type { Keep } from '../store/page-store.ts';
import type { Size } from '../view/viewport.ts';

const layoutKey = 'camera-lab.layout.2';
/** Below this height the left column has room for one panel only: its three become tabs. */
const lowWindow = 640;

/** Shares of the left column's height: of chain and controls together, and of the controls. */
const belowSource = 0.7;
const belowChain = 0.36;

/** Column widths and row height of the Tune layout in CSS pixels, for a window of that size. */
export function tuneSizes({ width, height }: Size): { left: number; right: number; bottom: number } {
  const between = (low: number, value: number, high: number) => Math.round(Math.min(Math.max(value, low), high));
  return {
    left: between(224, width * 0.22, 320),
    right: between(280, width * 0.24, 360),
    bottom: between(112, height * 0.22, 230),
  };
}

function titleOf(id: PanelId): string {
  return panelDefinitions.find((panel) => panel.id === id)?.title ?? id;
}

type Place = Pick<AddPanelOptions, 'position' | 'initialWidth' | 'initialHeight' | 'inactive'>;

function add(api: DockviewApi, id: PanelId, place: Place): void {
  api.addPanel({
    id,
    component: id,
    title: titleOf(id),
    minimumWidth: id === 'viewer' ? 240 : 180,
    minimumHeight: 80,
    ...place,
  } as AddPanelOptions);
}

/** Tune: left source, chain and device controls, right parameters, both over the full height; between them viewer above sessions. */
export function buildTuneLayout(api: DockviewApi, size: Size): void {
  api.clear();
  const { left, right, bottom } = tuneSizes(size);
  add(api, 'viewer', {});
  add(api, 'sessions', { position: { direction: 'below' }, initialHeight: bottom });
  add(api, 'parameters', { position: { direction: 'right' }, initialWidth: right });
  add(api, 'source', { position: { direction: 'left' }, initialWidth: left });
  const low = size.height < lowWindow;
  const direction = low ? 'within' : 'below';
  const place = (share: number) => (low ? { inactive: true } : { initialHeight: Math.round(size.height * share) });
  add(api, 'chain', { position: { referencePanel: 'source', direction }, ...place(belowSource) });
  add(api, 'controls', { position: { referencePanel: 'chain', direction }, ...place(belowChain) });
  // Each column that was added took its share of the ones before: the widths hold once all of them stand.
  api.getPanel('source')?.api.setSize({ width: left });
  api.getPanel('parameters')?.api.setSize({ width: right });
  api.getPanel('viewer')?.api.setActive();
}

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
  add(api, id, places[id]);
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

/** Brings the kept layout back; where there is none, or it cannot be read, the Tune layout. */
export function restoreLayout(api: DockviewApi, keep: Keep, size: Size): void {
  const kept = readLayout(keep);
  if (kept) {
    try {
      api.fromJSON(kept);
      return;
    } catch {
      // A layout of another version or a damaged one is worth less than a working window.
      keep.removeItem(layoutKey);
    }
  }
  buildTuneLayout(api, size);
}

/** Keeps the layout as it is now. */
export function keepLayout(api: DockviewApi, keep: Keep): void {
  keep.setItem(layoutKey, JSON.stringify(api.toJSON()));
}

/** The kept layout, or undefined when there is none or it names panels that this version does not have. */
export function readLayout(keep: Keep): SerializedDockview | undefined {
  const text = keep.getItem(layoutKey);
  if (text === null) return undefined;
  try {
    const layout = JSON.parse(text) as Partial<SerializedDockview> | null;
    const ids = Object.keys(layout?.panels ?? {});
    const known = ids.length > 0 && ids.every((id) => panelDefinitions.some((panel) => panel.id === id));
    return known && layout?.grid ? (layout as SerializedDockview) : undefined;
  } catch {
    return undefined;
  }
}
