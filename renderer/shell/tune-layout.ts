import type { AddPanelOptions, DockviewApi } from 'dockview-react';
import type { PanelId } from '../panels/panel-definitions.ts';
import { panelDefinitions } from '../panels/panel-definitions.ts';
import type { Size } from '../view/viewport.ts';

/** Below this height the left column has room for one panel only: its three become tabs. */
const lowWindow = 640;
/** Below this width there is no room for three columns: the viewer has one other group of panels beside or below it. */
const narrowWindow = 744;

/** Shares of the left column's height: of chain and controls together, and of the controls. */
const belowSource = 0.7;
const belowChain = 0.36;
/** The other group's share of a narrow window that is higher than wide. */
const belowViewer = 0.55;

/**
 * Least sizes of a panel in CSS pixels, small enough for all of them in one row or column of a small window: what a window has
 * no room for scrolls within its panel, and never leaves the window.
 */
export const leastPanel = { minimumWidth: 80, minimumHeight: 48 } as const;

/**
 * How Tune stands in a window: `full` with three columns, `low` with the left one's panels as tabs, and two groups in narrow
 * windows, `beside` each other or `stacked`.
 */
export type TuneShape = 'full' | 'low' | 'beside' | 'stacked';

/** The shape of Tune in a workspace of that many CSS pixels. */
export function tuneShape({ width, height }: Size): TuneShape {
  if (width < narrowWindow) return height > width ? 'stacked' : 'beside';
  return height < lowWindow ? 'low' : 'full';
}

/** Column widths and row height of the Tune layout in CSS pixels, for a window of that size. */
export function tuneSizes({ width, height }: Size): { left: number; right: number; bottom: number } {
  const between = (low: number, value: number, high: number) => Math.round(Math.min(Math.max(value, low), high));
  const right = width < narrowWindow ? between(0, width * 0.47, 340) : between(280, width * 0.24, 360);
  return { left: between(224, width * 0.22, 320), right, bottom: between(112, height * 0.22, 230) };
}

/** Where a panel is put, and how large. */
export type Place = Pick<AddPanelOptions, 'position' | 'initialWidth' | 'initialHeight' | 'inactive'>;

/** Opens a panel at a place. */
export function addPanel(api: DockviewApi, id: PanelId, place: Place): void {
  const title = panelDefinitions.find((panel) => panel.id === id)?.title ?? id;
  api.addPanel({ id, component: id, title, ...leastPanel, ...place } as AddPanelOptions);
}

/**
 * Tune: left source, chain and device controls, right parameters, both over the full height; between them viewer above sessions.
 * A window without room for that has it in another shape, which it returns.
 */
export function buildTuneLayout(api: DockviewApi, size: Size): TuneShape {
  const shape = tuneShape(size);
  api.clear();
  addPanel(api, 'viewer', {});
  if (shape === 'full' || shape === 'low') addThreeColumns(api, size, shape);
  else addTwoGroups(api, size, shape);
  sizeTuneLayout(api, size, shape);
  api.getPanel('viewer')?.api.setActive();
  return shape;
}

function addThreeColumns(api: DockviewApi, size: Size, shape: 'full' | 'low'): void {
  const { left, right, bottom } = tuneSizes(size);
  addPanel(api, 'sessions', { position: { direction: 'below' }, initialHeight: bottom });
  addPanel(api, 'parameters', { position: { direction: 'right' }, initialWidth: right });
  addPanel(api, 'source', { position: { direction: 'left' }, initialWidth: left });
  const low = shape === 'low';
  const direction = low ? 'within' : 'below';
  const place = (share: number) => (low ? { inactive: true } : { initialHeight: Math.round(size.height * share) });
  addPanel(api, 'chain', { position: { referencePanel: 'source', direction }, ...place(belowSource) });
  addPanel(api, 'controls', { position: { referencePanel: 'chain', direction }, ...place(belowChain) });
}

/** What is tuned with in one group, and with the picture what is looked at between. */
function addTwoGroups(api: DockviewApi, size: Size, shape: 'beside' | 'stacked'): void {
  const place: Place =
    shape === 'beside'
      ? { position: { direction: 'right' }, initialWidth: tuneSizes(size).right }
      : { position: { direction: 'below' }, initialHeight: Math.round(size.height * belowViewer) };
  addPanel(api, 'parameters', place);
  const behind = (id: PanelId, front: PanelId) =>
    addPanel(api, id, { position: { referencePanel: front, direction: 'within' }, inactive: true });
  behind('chain', 'parameters');
  behind('controls', 'chain');
  behind('source', 'viewer');
  behind('sessions', 'source');
}

/** Gives the columns and rows of a Tune layout the sizes that they have in a window of that size. */
export function sizeTuneLayout(api: DockviewApi, size: Size, shape: TuneShape): void {
  const { left, right, bottom } = tuneSizes(size);
  if (shape === 'stacked') {
    api.getPanel('parameters')?.api.setSize({ height: Math.round(size.height * belowViewer) });
    return;
  }
  // Each column that is added takes its share of the ones before: widths hold once all of them stand.
  if (shape !== 'beside') {
    api.getPanel('source')?.api.setSize({ width: left });
    api.getPanel('sessions')?.api.setSize({ height: bottom });
  }
  api.getPanel('parameters')?.api.setSize({ width: right });
}
