/** A panel that the layout can show. The components stand in panel-components.tsx, so that plain code can list panels. */
export interface PanelDefinition {
  readonly id: 'source' | 'chain' | 'controls' | 'viewer' | 'parameters' | 'sessions';
  readonly title: string;
}

/** The id of a panel. */
export type PanelId = PanelDefinition['id'];

/** Every panel, in the order in which menus list them. */
export const panelDefinitions: readonly PanelDefinition[] = [
  { id: 'source', title: 'Source' },
  { id: 'chain', title: 'Chain' },
  { id: 'controls', title: 'Device controls' },
  { id: 'viewer', title: 'Viewer' },
  { id: 'parameters', title: 'Parameters' },
  { id: 'sessions', title: 'Sessions' },
];
