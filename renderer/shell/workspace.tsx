import type { DockviewApi, DockviewReadyEvent, IDockviewHeaderActionsProps, IDockviewPanelHeaderProps } from 'dockview-react';
import { DockviewReact } from 'dockview-react';
import { memo } from 'react';
import type { Workspace } from '../commands/command.ts';
import { panelComponents } from '../panels/panel-components.tsx';
import { AppliedAt } from '../panels/parameters/applied-at.tsx';
import type { PageStore } from '../store/page-store.ts';
import { browserKeep } from '../store/page-store.ts';
import { buildTuneLayout, keepLayout, restoreLayout, togglePanel } from './workspace-layout.ts';

const theme = { name: 'camera-lab', className: 'dockview-theme-lab', dndTabIndicator: 'line' } as const;
/** The layout is written this long after the last change, not at every pixel of a dragged divider. */
const keepAfterMillis = 300;

/** The layout as commands see it; before the first render and after the last it does nothing. */
export class DockWorkspace implements Workspace {
  readonly #page: PageStore;
  #api: DockviewApi | undefined;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: PageStore) {
    this.#page = page;
  }

  /** Takes over a layout that is ready and fills it. */
  take(api: DockviewApi): void {
    const keep = browserKeep();
    this.#api = api;
    restoreLayout(api, keep, api);
    this.#publish();
    api.onDidLayoutChange(() => {
      this.#publish();
      clearTimeout(this.#keepTimer);
      this.#keepTimer = setTimeout(() => keepLayout(api, keep), keepAfterMillis);
    });
  }

  isPanelOpen(panelId: Parameters<Workspace['isPanelOpen']>[0]): boolean {
    return this.#api?.getPanel(panelId) !== undefined;
  }

  togglePanel(panelId: Parameters<Workspace['togglePanel']>[0]): void {
    if (this.#api) togglePanel(this.#api, panelId, this.#api);
  }

  resetLayout(): void {
    if (this.#api) buildTuneLayout(this.#api, this.#api);
  }

  #publish(): void {
    this.#page.setState({ openPanels: this.#api?.panels.map(({ id }) => id) ?? [] });
  }
}

/** The dockable panels. */
export const WorkspaceView = memo(function WorkspaceView({ workspace }: { workspace: DockWorkspace }) {
  return (
    <DockviewReact
      className="workspace"
      theme={theme}
      components={panelComponents}
      defaultTabComponent={PanelTab}
      rightHeaderActionsComponent={HeaderActions}
      disableFloatingGroups
      onReady={({ api }: DockviewReadyEvent) => workspace.take(api)}
    />
  );
});

function PanelTab({ api }: IDockviewPanelHeaderProps) {
  return <span className="panel-tab">{api.title}</span>;
}

function HeaderActions({ panels }: IDockviewHeaderActionsProps) {
  return panels.some(({ id }) => id === 'parameters') ? <AppliedAt /> : null;
}
