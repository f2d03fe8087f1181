import type { DockviewApi, DockviewReadyEvent, IDockviewHeaderActionsProps, IDockviewPanelHeaderProps } from 'dockview-react';
import { DockviewReact } from 'dockview-react';
import { memo, useEffect, useRef } from 'react';
import type { Workspace } from '../commands/command.ts';
import { panelComponents } from '../panels/panel-components.tsx';
import { AppliedAt } from '../panels/parameters/applied-at.tsx';
import type { Keep, PageStore } from '../store/page-store.ts';
import { browserKeep } from '../store/page-store.ts';
import type { Size } from '../view/viewport.ts';
import { buildTuneLayout, sizeTuneLayout, type TuneShape, tuneShape } from './tune-layout.ts';
import { forgetLayout, keepLayout, restoreLayout, togglePanel } from './workspace-layout.ts';

const theme = { name: 'camera-lab', className: 'dockview-theme-lab', dndTabIndicator: 'line' } as const;
/** The layout is written this long after the last change, not at every pixel of a dragged divider. */
const keepAfterMillis = 300;

/**
 * The layout as commands see it; before the first render and after the last it does nothing. Tune follows the window until the
 * user arranges panels by hand; from then on that arrangement is kept, in the browser too, until Tune is asked for again.
 */
export class DockWorkspace implements Workspace {
  readonly #page: PageStore;
  readonly #keep: Keep = browserKeep();
  #api: DockviewApi | undefined;
  /** How Tune stands; undefined where the user has arranged panels. */
  #tune: TuneShape | undefined;
  #building = false;
  #dragging = false;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: PageStore) {
    this.#page = page;
  }

  /** Takes over a layout that is ready and fills it, for a workspace of that many CSS pixels. */
  take(api: DockviewApi, size: Size): void {
    this.#api = api;
    api.layout(size.width, size.height);
    this.#build(() => {
      this.#tune = restoreLayout(api, this.#keep) ? undefined : buildTuneLayout(api, size);
    });
    this.#publish();
    api.onDidMutateLayout(() => {
      if (!this.#building) this.#tune = undefined;
    });
    api.onDidLayoutChange(() => {
      if (this.#dragging) this.#tune = undefined;
      this.#publish();
      this.#keepSoon();
    });
  }

  /** Takes over the size of the workspace, CSS pixels. */
  fit(size: Size): void {
    const api = this.#api;
    if (!api || size.width === 0 || size.height === 0) return;
    api.layout(size.width, size.height);
    if (this.#tune === undefined) return;
    if (this.#tune === tuneShape(size)) sizeTuneLayout(api, size, this.#tune);
    else this.resetLayout();
  }

  /** A divider between panels is held, or let go of: only what changes meanwhile is the user's doing. */
  setDragging(dragging: boolean): void {
    this.#dragging = dragging;
  }

  isPanelOpen(panelId: Parameters<Workspace['isPanelOpen']>[0]): boolean {
    return this.#api?.getPanel(panelId) !== undefined;
  }

  togglePanel(panelId: Parameters<Workspace['togglePanel']>[0]): void {
    if (this.#api) togglePanel(this.#api, panelId, this.#api);
  }

  resetLayout(): void {
    const api = this.#api;
    if (!api) return;
    this.#build(() => {
      this.#tune = buildTuneLayout(api, api);
    });
  }

  #build(build: () => void): void {
    this.#building = true;
    try {
      build();
    } finally {
      this.#building = false;
    }
  }

  #keepSoon(): void {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = setTimeout(() => {
      // What nobody arranged is built anew for the next window, whatever its size.
      if (this.#tune === undefined && this.#api) keepLayout(this.#api, this.#keep);
      else forgetLayout(this.#keep);
    }, keepAfterMillis);
  }

  #publish(): void {
    this.#page.setState({ openPanels: this.#api?.panels.map(({ id }) => id) ?? [] });
  }
}

/** The dockable panels. */
export const WorkspaceView = memo(function WorkspaceView({ workspace }: { workspace: DockWorkspace }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current ? followPlace(place.current, workspace) : undefined), [workspace]);
  return (
    <div ref={place} className="workspace">
      <DockviewReact
        theme={theme}
        components={panelComponents}
        defaultTabComponent={PanelTab}
        rightHeaderActionsComponent={HeaderActions}
        disableFloatingGroups
        // One observer of the size, so that Tune takes over the new one in the same step.
        disableAutoResizing
        onReady={({ api }: DockviewReadyEvent) => workspace.take(api, sizeOf(place.current))}
      />
    </div>
  );
});

function sizeOf(place: HTMLElement | null): Size {
  return { width: place?.clientWidth ?? 0, height: place?.clientHeight ?? 0 };
}

/** Tells the workspace its size and whether a divider is held, until the returned function is called. */
function followPlace(place: HTMLElement, workspace: DockWorkspace): () => void {
  const sizes = new ResizeObserver(() => workspace.fit(sizeOf(place)));
  const ends = ['pointerup', 'pointercancel'] as const;
  const press = ({ target }: PointerEvent) => workspace.setDragging(target instanceof Element && target.matches('.dv-sash'));
  const release = () => workspace.setDragging(false);
  sizes.observe(place);
  place.addEventListener('pointerdown', press);
  for (const end of ends) window.addEventListener(end, release);
  return () => {
    sizes.disconnect();
    place.removeEventListener('pointerdown', press);
    for (const end of ends) window.removeEventListener(end, release);
  };
}

function PanelTab({ api }: IDockviewPanelHeaderProps) {
  return <span className="panel-tab">{api.title}</span>;
}

function HeaderActions({ panels }: IDockviewHeaderActionsProps) {
  return panels.some(({ id }) => id === 'parameters') ? <AppliedAt /> : null;
}
