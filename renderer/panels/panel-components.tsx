import type { FunctionComponent } from 'react';
import { ChainPanel } from './chain/chain-panel.tsx';
import { ControlsPanel } from './controls/controls-panel.tsx';
import type { PanelId } from './panel-definitions.ts';
import { ParametersPanel } from './parameters/parameters-panel.tsx';
import { SessionsPanel } from './sessions/sessions-panel.tsx';
import { SourcePanel } from './source/source-panel.tsx';
import { ViewerPanel } from './viewer/viewer-panel.tsx';

/** The component of every panel. */
export const panelComponents: Readonly<Record<PanelId, FunctionComponent>> = {
  source: SourcePanel,
  chain: ChainPanel,
  controls: ControlsPanel,
  viewer: ViewerPanel,
  parameters: ParametersPanel,
  sessions: SessionsPanel,
};
