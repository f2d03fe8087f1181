import type { StoreApi } from 'zustand/vanilla';
import { createStore } from 'zustand/vanilla';
import type {
  CallResponse,
  ChainComparison,
  ChainMeasurement,
  ChainPrompt,
  ChainState,
  ChosenValues,
  ControlDescription,
  ControlValue,
  EventPayload,
  ParameterState,
  ParameterValues,
  Preset,
  ProcessorCatalogue,
  ProcessorDescription,
  ScopePanel,
  SessionEntry,
  SourceEntry,
  StatusSnapshot,
  StreamState,
} from '../../preload/contract.ts';
import type { ConnectionState } from '../client/lab-client.ts';

/** A notice as it arrives; `path` names a file that it tells of, which can then be copied. */
export type NewNotice = EventPayload<'notice'>;

/** A notice with the page's own running number, so that each can be dismissed. */
export type Notice = NewNotice & { readonly id: number };

/** What the lab has refused: the names of the values and its own words. */
export interface Refusal {
  readonly names: readonly string[];
  readonly code: string;
  readonly message: string;
  readonly action?: string;
}

/** Where an export went: the folder and its files with their row counts. */
export type ExportResult = CallResponse<'session.export'>;

/** What the lab last said, at human rates only: no pixels and nothing per frame. */
export interface LabState {
  readonly connection: ConnectionState;
  readonly lab?: CallResponse<'lab.describe'>;
  readonly sources: readonly SourceEntry[];
  readonly stream: StreamState;
  readonly status?: StatusSnapshot;
  readonly controls: readonly ControlDescription[];
  readonly processors: readonly ProcessorDescription[];
  /** Pipelines of Daydream Scope that were imported by their schemas; their values are among {@link LabState.parameters}. */
  readonly scopePanels: readonly ScopePanel[];
  /** By processor id, as the lab confirmed them. */
  readonly parameters: Readonly<Record<string, ParameterState>>;
  /** By processor id: values that the user has chosen and the lab has not yet confirmed, null for none. They are what the controls show. */
  readonly edits: Readonly<Record<string, ChosenValues>>;
  /** By processor id: values under a hand that the lab has refused; the notice comes when the hand lets go. */
  readonly refusals: Readonly<Record<string, Refusal>>;
  /** By control id, like {@link LabState.edits}. */
  readonly controlEdits: Readonly<Record<string, ControlValue>>;
  /** Ids of the controls that the user wrote last: what "in effect from frame" tells about. */
  readonly writtenControls: readonly string[];
  /** By processor id: load-time values waiting for "apply and reload"; absent while they are locked. */
  readonly drafts: Readonly<Record<string, ParameterValues>>;
  /** By processor id: the newest first-frame-of-a-version announcement. */
  readonly applied: Readonly<Record<string, EventPayload<'parameter.applied'>>>;
  /** Everything that the chain can be made of; absent until the lab has said it. */
  readonly catalogue: ProcessorCatalogue | undefined;
  readonly chain: ChainState;
  /** The first frame that a revision of the chain has made. */
  readonly chainApplied: EventPayload<'chain.applied'> | undefined;
  readonly measurements: readonly ChainMeasurement[];
  /** Of the sessions that entries of the chain share. */
  readonly comparisons: readonly ChainComparison[];
  /** By entry's key: prompts that the user has changed and the lab has not yet confirmed. */
  readonly promptEdits: Readonly<Record<string, readonly ChainPrompt[]>>;
  /** By processor id or entry's key, as they were last asked for. */
  readonly presets: Readonly<Record<string, readonly Preset[]>>;
  readonly sessions: readonly SessionEntry[];
  /** By session id. */
  readonly exports: Readonly<Record<number, ExportResult>>;
  /** The newest word on a merge of frames. */
  readonly fusion: EventPayload<'fusion.changed'> | undefined;
  /** The newest word on a picture that SlowISP develops. */
  readonly development: EventPayload<'development.changed'> | undefined;
  /** How the newest analysis of the sensor stands. */
  readonly analysis: EventPayload<'sensor.analysis'> | undefined;
  /** What SlowAlgo said last of the scene, by algorithm. */
  readonly advice: Readonly<Record<string, EventPayload<'algorithm.advised'>>>;
  /** Oldest first. */
  readonly notices: readonly Notice[];
}

/** The one store of what the lab said. */
export type LabStore = StoreApi<LabState>;

const emptyChain: ChainState = { revision: 0, stateNumber: 0, entries: [], isBuilding: false };

const closedStream: StreamState = { phase: 'closed', modes: [], processorId: '' };

/** An empty store, before the first word from the lab. */
export function createLabStore(): LabStore {
  return createStore<LabState>(() => ({
    connection: 'connecting',
    sources: [],
    stream: closedStream,
    controls: [],
    processors: [],
    scopePanels: [],
    parameters: {},
    edits: {},
    refusals: {},
    controlEdits: {},
    writtenControls: [],
    drafts: {},
    applied: {},
    catalogue: undefined,
    chain: emptyChain,
    chainApplied: undefined,
    measurements: [],
    comparisons: [],
    promptEdits: {},
    presets: {},
    sessions: [],
    exports: {},
    fusion: undefined,
    development: undefined,
    analysis: undefined,
    advice: {},
    notices: [],
  }));
}
