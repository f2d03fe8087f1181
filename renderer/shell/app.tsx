import { Tooltip } from 'radix-ui';
import { useEffect, useMemo, useState } from 'react';
import type { CommandContext } from '../commands/command.ts';
import { CommandPalette } from '../commands/command-palette.tsx';
import { commands } from '../commands/registry.ts';
import { listenForShortcuts } from '../commands/shortcuts.ts';
import { AddProcessorDialog } from '../panels/chain/add-processor-dialog.tsx';
import { CodeDialog } from '../panels/chain/code-dialog.tsx';
import { PackagesDialog } from '../panels/chain/packages-dialog.tsx';
import { TrustDialog } from '../panels/chain/trust-dialog.tsx';
import type { LabServices } from '../panels/panel-context.ts';
import { LabServicesContext } from '../panels/panel-context.ts';
import { listenForJson } from '../panels/scope/dropped-text.ts';
import { ImportSchemaDialog, LoadValuesDialog } from '../panels/scope/scope-dialogs.tsx';
import { AnalysisDialog } from '../panels/source/analysis-dialog.tsx';
import { OpenFileDialog } from '../panels/source/open-file-dialog.tsx';
import { CommandBar } from './command-bar.tsx';
import { NoticeStack } from './notices.tsx';
import { StatusBar } from './status-bar.tsx';
import { DockWorkspace, WorkspaceView } from './workspace.tsx';

/** How long the pointer rests before an explanation shows. */
const tipDelayMillis = 500;

/** The whole window. */
export function App({ services }: { services: LabServices }) {
  const [workspace] = useState(() => new DockWorkspace(services.page));
  const context = useMemo<CommandContext>(() => ({ ...services, workspace }), [services, workspace]);

  useEffect(() => listenForShortcuts(commands, context), [context]);
  useEffect(() => showTheme(services), [services]);
  useEffect(() => importDropped(services), [services]);

  return (
    <LabServicesContext value={services}>
      <Tooltip.Provider delayDuration={tipDelayMillis} disableHoverableContent>
        <div className="app">
          <CommandBar context={context} />
          <main className="app-workspace">
            <WorkspaceView workspace={workspace} />
            <NoticeStack />
          </main>
          <StatusBar />
        </div>
        <CommandPalette context={context} />
        <OpenFileDialog />
        <AnalysisDialog />
        <AddProcessorDialog />
        <PackagesDialog />
        <TrustDialog />
        <CodeDialog />
        <ImportSchemaDialog />
        <LoadValuesDialog />
      </Tooltip.Provider>
    </LabServicesContext>
  );
}

/** A schema of Scope may be dropped anywhere. */
function importDropped({ scope, page }: LabServices): () => void {
  return listenForJson((text) => {
    void scope.importDropped(text).then((panel) => panel && page.setState({ shownProcessor: panel.processor.id }));
  });
}

/** Names the theme on the document, where the tokens look for it. */
function showTheme({ page, viewer }: LabServices): () => void {
  const show = () => {
    document.documentElement.dataset.theme = page.getState().theme;
    viewer.repaint();
  };
  show();
  return page.subscribe((next, before) => {
    if (next.theme !== before.theme) show();
  });
}
