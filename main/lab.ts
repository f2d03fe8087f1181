import { join } from 'node:path';
import type { EventPayload, ParameterState, ParameterValues, StreamState } from '../preload/contract.ts';
import { monotonicNs } from './base/clock.ts';
import { controlsFolder, defaultDataFolder, tuningsFolder } from './base/data-folder.ts';
import { freeDiskBytes } from './base/disk-space.ts';
import { type ErrorRecord, errorRecordFrom, ResourceError } from './base/errors.ts';
import { onFault, reportFault } from './base/lifetime.ts';
import { productVersion } from './base/product.ts';
import type { Camera } from './camera/camera.ts';
import { listSources, openCamera } from './camera/catalogue.ts';
import { ControlDesk } from './camera/control/control-desk.ts';
import { ProfileStore } from './camera/control/profile-store.ts';
import { type FileChoice, OpenedFiles } from './camera/file/opened-files.ts';
import { browseFolder, probeFile } from './camera/file/probe.ts';
import { fastIsp } from './isp/fast-isp.ts';
import { AppliedVersions } from './lab-applied.ts';
import { type LabChain, makeLabChain } from './lab-chain.ts';
import { codeHandlers } from './lab-code.ts';
import { createProcessors } from './lab-processors.ts';
import { announceScope, scopeHandlers } from './lab-scope.ts';
import { AlgorithmDesk } from './live/algorithm-desk.ts';
import { AnalysisDesk } from './live/analysis-desk.ts';
import { reportBackground } from './live/background-reports.ts';
import { BracketShooter } from './live/bracket-shooter.ts';
import { chainHandlers } from './live/chain/chain-calls.ts';
import { StreamChain, type StreamChainParts } from './live/chain/stream-chain.ts';
import { DevelopmentDesk } from './live/development-desk.ts';
import { DropLedger } from './live/drop-ledger.ts';
import { FusionDesk } from './live/fusion-desk.ts';
import { reportHousekeeping } from './live/housekeeping-reports.ts';
import { LiveStream } from './live/live-stream.ts';
import type { ProcessorDesk } from './live/processor-desk.ts';
import { SessionRecorder } from './live/session-recorder.ts';
import { StatusMonitor } from './live/status-monitor.ts';
import { TuningDesk } from './live/tuning-desk.ts';
import type { ParameterStore } from './processor/parameter-store.ts';
import { CompletionDispatcher } from './runtime/completion-dispatcher.ts';
import type { Suspension } from './runtime/failure-streaks.ts';
import { Housekeeper, type HousekeeperOptions, type HousekeeperParts } from './runtime/housekeeper.ts';
import { ModelManager } from './runtime/model-manager.ts';
import { ResourceManager } from './runtime/resource-manager.ts';
import { ThreadingManager } from './runtime/threading-manager.ts';
import { backgroundCalls } from './shell/background-calls.ts';
import { type CallHandlers, ContractService } from './shell/lab-service.ts';
import { TelemetryManager } from './telemetry/telemetry-manager.ts';

/** How a lab is to be built; everything has a default but the shell it serves. */
export interface LabOptions {
  readonly shell: 'electron' | 'http';
  /** Opens and starts the first available source, so that a window that opens has a picture. */
  readonly startSource?: boolean;
  /** Where sessions are kept; the platform's custom by default. Created where it is missing. */
  readonly dataFolder?: string;
  /** Worker threads of the realtime lane; one per core by default. */
  readonly workerCount?: number;
  /** Limits and times of the housekeeping, for tests. */
  readonly housekeeping?: HousekeeperOptions;
  /** Times of the chain and what compares it, for tests. */
  readonly chain?: Pick<StreamChainParts, 'callMillis' | 'comparison'>;
}

/** A running lab. Lives on one thread; close it before the process ends, since a worker inside ONNX Runtime must finish. */
export interface Lab {
  readonly service: ContractService;
  readonly stream: LiveStream;
  readonly parameters: ParameterStore;
  readonly dispatcher: CompletionDispatcher;
  /** Stops the stream, ends a running session, and waits for every thread. Closing twice is harmless. */
  close(): Promise<void>;
}

/** The parts of a lab, each made once and known to all that need it. */
interface LabParts {
  readonly options: LabOptions;
  readonly dataFolder: string;
  readonly threading: ThreadingManager;
  readonly dispatcher: CompletionDispatcher;
  readonly parameters: ParameterStore;
  readonly processors: ProcessorDesk;
  readonly algorithms: AlgorithmDesk;
  readonly chain: LabChain;
  readonly streamChain: StreamChain;
  readonly stream: LiveStream;
  readonly controls: ControlDesk;
  readonly fusion: FusionDesk;
  readonly bracket: BracketShooter;
  readonly development: DevelopmentDesk;
  readonly analysis: AnalysisDesk;
  readonly monitor: StatusMonitor;
  readonly housekeeper: Housekeeper;
  readonly ledger: DropLedger;
  readonly telemetry: TelemetryManager | undefined;
  readonly recorder: SessionRecorder | undefined;
  /** Why there is no telemetry: the rest of the lab runs without it. */
  readonly telemetryError: ErrorRecord | undefined;
}

/** The composition root: makes every part of a lab and joins them. Nothing streams yet. */
export async function createLab(options: LabOptions): Promise<Lab> {
  const parts = await createParts(options);
  const service = new ContractService(handlersFor(parts), {
    shown: (frame) => parts.monitor.recordShown(frame),
    replaced: () => parts.ledger.record('replaced-in-view'),
  });
  const disconnect = connect(parts, service);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeParts(parts, service).finally(disconnect);
    return closing;
  };
  try {
    await parts.chain.restore();
    if (options.startSource) await startFirstSource(service);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { service, stream: parts.stream, parameters: parts.parameters, dispatcher: parts.dispatcher, close };
}

/** A source that does not start is announced to the shells like any other failure; the lab goes on. */
async function startFirstSource(service: ContractService): Promise<void> {
  const first = (await listSources()).find((source) => source.available);
  if (first) await service.call('source.open', { sourceId: first.id });
}

/** Where a part cannot be made, no thread is left. */
async function createParts(options: LabOptions): Promise<LabParts> {
  const threading = await ThreadingManager.start({
    ...(options.workerCount === undefined ? {} : { realtime: options.workerCount }),
    background: 1,
  });
  try {
    return await createPartsOn(threading, options);
  } catch (thrown) {
    await threading.shutdown();
    throw thrown;
  }
}

async function createPartsOn(threading: ThreadingManager, options: LabOptions): Promise<LabParts> {
  const dataFolder = options.dataFolder ?? defaultDataFolder();
  const resources = new ResourceManager();
  const dispatcher = new CompletionDispatcher();
  const ledger = new DropLedger();
  const { parameters, slowParameters, algorithmParameters, sceneParameters, processors } = createProcessors();
  const models = new ModelManager(threading.workers);
  const chain = await makeLabChain(dataFolder, processors);
  const controls = new ControlDesk(new ProfileStore(controlsFolder(dataFolder)));
  const tunings = new TuningDesk(tuningsFolder(dataFolder));
  const streamChain = new StreamChain({ resources, threading, models, dispatcher, chain: chain.chain, ...options.chain });
  chain.library.lettingGo = (handle) => streamChain.lettingGo(handle);
  const live = { resources, threading, models, dispatcher, ledger, stage: fastIsp, parameters, controls, tunings };
  const stream = new LiveStream({ ...live, chain: streamChain, algorithms: algorithmParameters });
  const algorithms = new AlgorithmDesk({
    ...{ resources, threading, models, dispatcher, stream, controls },
    ...{ parameters: algorithmParameters, sceneParameters },
    ...{ stageParameters: parameters, developmentParameters: slowParameters },
  });
  const fusion = new FusionDesk({
    resources,
    threading,
    dispatcher,
    stream,
    controls: () => controls.controls(),
    folder: join(dataFolder, 'merged'),
  });
  const behind = { resources, threading, dispatcher, stream, fusion, stageParameters: parameters };
  const development = new DevelopmentDesk({
    ...{ ...behind, parameters: slowParameters, folder: join(dataFolder, 'developed') },
    backgroundModels: new ModelManager(threading.backgroundWorkers),
  });
  const analysis = new AnalysisDesk({ ...behind, decided: algorithms.decided });
  const bracket = new BracketShooter({ stream, controls, algorithms, fusion });
  const housekeeperParts: HousekeeperParts = {
    resources,
    dispatcher,
    queues: {
      'background-lane': () => threading.background.waiting,
      'frames-to-announce': () => dispatcher.unannounced,
    },
    plans: { active: () => fusion.activePlans, cancel: (planId) => fusion.cancel(planId) },
    diskFreeBytes: () => freeDiskBytes(dataFolder),
  };
  const housekeeper = new Housekeeper(housekeeperParts, options.housekeeping);
  const monitor = new StatusMonitor({ stream, dispatcher, resources, ledger, dataFolder });
  const opened = await openTelemetry(dataFolder);
  const telemetry = opened instanceof TelemetryManager ? opened : undefined;
  const chainParts = { chain: chain.chain, comparisons: streamChain.comparisons };
  const recorded = { stream, controls, dispatcher, ledger, processors, algorithms, ...chainParts };
  const recorder = telemetry && new SessionRecorder({ telemetry, ...recorded });
  const telemetryError = opened instanceof TelemetryManager ? undefined : opened;
  const made = {
    ...{ threading, dispatcher, parameters, processors, algorithms, chain, streamChain, stream, controls, fusion, bracket },
    ...{ development, analysis, monitor, housekeeper, ledger, telemetry, recorder },
  };
  return { options, dataFolder, ...made, telemetryError };
}

async function openTelemetry(folder: string): Promise<TelemetryManager | ErrorRecord> {
  try {
    return await TelemetryManager.open({ folder, appVersion: productVersion });
  } catch (thrown) {
    return errorRecordFrom(thrown);
  }
}

/** Leads every announcement of the parts to where it is heard. The returned function takes back what outlives the parts. */
function connect(parts: LabParts, service: ContractService): () => void {
  const { dispatcher, fusion, parameters, processors, stream, controls, monitor, recorder, telemetry, threading } = parts;
  const applied = new AppliedVersions(service);
  threading.completed.subscribe((event) => dispatcher.complete(event));
  threading.died.subscribe(({ error }) => service.announce('notice', { level: 'warning', ...error }));
  dispatcher.published.subscribe((frame) => {
    service.publish(frame);
    applied.note(parameters.processorId, frame);
  });
  threading.suspended.subscribe((suspension) => service.announce('notice', suspensionNotice(suspension)));
  parts.streamChain.suspended.subscribe((suspension) => service.announce('notice', suspensionNotice(suspension)));
  fusion.changed.subscribe(({ planId, request, state }) => service.announce('fusion.changed', { planId, ...request, state }));
  reportBackground(parts, (name, payload) => service.announce(name, payload));
  dispatcher.completed.subscribe(({ event }) => {
    // A suspension is announced once, not with every frame that it costs.
    const isNews = event.error && event.error.code !== 'runtime.suspended';
    if (event.error && isNews) service.announce('notice', { level: 'error', ...event.error });
  });
  processors.changed.subscribe((state) => {
    // What failed with the old values may well work with the new ones.
    threading.forgive(state.processorId);
    service.announce('parameter.changed', state);
  });
  processors.described.subscribe((description) => service.announce('processor.changed', description));
  processors.listed.subscribe((descriptions) => service.announce('processor.listed', descriptions));
  const { chain, catalogue } = parts.chain;
  catalogue.changed.subscribe(() => service.announce('catalogue.changed', catalogue.describe()));
  chain.changed.subscribe((state) => service.announce('chain.changed', state));
  chain.outdated.subscribe(() => void stream.rebuildChain().catch(reportFault));
  announceScope(parts.chain.scope, (name, payload) => service.announce(name, payload));
  parts.chain.noticed.subscribe((record) => service.announce('notice', { level: 'warning', ...record }));
  stream.stateChanged.subscribe((state) => {
    if (state.phase === 'opening') monitor.reset();
    service.announce('stream.state', withRecording(parts, state));
    if (state.error) service.announce('notice', { level: 'error', ...state.error });
  });
  controls.changed.subscribe((list) => service.announce('control.changed', list));
  controls.noticed.subscribe((record) => service.announce('notice', { level: 'warning', ...record }));
  parts.algorithms.noticed.subscribe((record) => service.announce('notice', { level: 'warning', ...record }));
  stream.noticed.subscribe((record) => service.announce('notice', { level: 'warning', ...record }));
  monitor.snapshot.subscribe((snapshot) => {
    service.announce('status.snapshot', snapshot);
    if (chain.keys.length > 0) service.announce('chain.measured', parts.streamChain.measurements());
  });
  parts.streamChain.comparisons.changed.subscribe((comparisons) => service.announce('chain.compared', comparisons));
  recorder?.changed.subscribe((session) => {
    parts.streamChain.comparisons.hold(recorder.session !== undefined);
    service.announce('session.changed', session);
    service.announce('stream.state', withRecording(parts, stream.state));
  });
  recorder?.progressed.subscribe((session) => service.announce('session.changed', session));
  reportHousekeeping(parts.housekeeper, {
    notice: (notice) => service.announce('notice', notice),
    log: (row) => telemetry?.appendLog(recorder?.session?.id, row),
  });
  telemetry?.onFault.subscribe(({ error }) => service.announce('notice', { level: 'error', ...error }));
  return reportFaults(parts, service);
}

function suspensionNotice({ processor, failures, error }: Suspension): EventPayload<'notice'> {
  const message = `${processor} is suspended after ${failures} failures in a row: ${error.message}`;
  const action = 'Start the stream again, or change one of its settings where it has any.';
  return { level: 'error', code: 'runtime.suspended', message, action };
}

/** Shows and stores what listeners and rounds on timers threw: the lab goes on. Each once per stream, however often it happens. */
function reportFaults({ stream, recorder, telemetry }: LabParts, service: ContractService): () => void {
  const told = new Set<string>();
  stream.stateChanged.subscribe(({ phase }) => {
    if (phase === 'opening') told.clear();
  });
  return onFault((thrown) => {
    const { message, ...fault } = errorRecordFrom(thrown);
    if (told.has(message)) return;
    told.add(message);
    const notice = {
      level: 'error',
      code: fault.code,
      message: `A part of the lab failed and was left out: ${message}`,
    } as const;
    telemetry?.appendLog(recorder?.session?.id, {
      ...notice,
      area: 'lab',
      atNs: monotonicNs(),
      loggedAt: new Date().toISOString(),
      detail: thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {},
    });
    service.announce('notice', notice);
  });
}

function withRecording({ recorder }: LabParts, state: StreamState): StreamState {
  return recorder?.session ? { ...state, recordingSessionId: recorder.session.id } : state;
}

/** A new source ends a running session: a session is of one source. */
async function endSessionOf({ recorder }: LabParts): Promise<void> {
  if (recorder?.session) await recorder.stop();
}

function handlersFor(parts: LabParts): Omit<CallHandlers, 'view.acknowledge'> {
  const { options, dataFolder, threading, parameters, processors, stream, controls } = parts;
  const recorder = (): SessionRecorder => parts.recorder ?? refuseTelemetry(parts);
  const telemetry = (): TelemetryManager => parts.telemetry ?? refuseTelemetry(parts);
  const [panels, exportsFolder] = [parts.chain.scope, join(dataFolder, 'exports')];
  const storeOf = (processorId: string): ParameterStore => panels.find(processorId) ?? processors.parametersOf(processorId);
  const files = new OpenedFiles();
  const openFile = async (choice: FileChoice): Promise<Camera> => {
    const camera = await openCamera(choice);
    files.remember(camera, choice);
    return camera;
  };
  const open = async (openSource: Parameters<LiveStream['open']>[0], modeId?: string): Promise<StreamState> => {
    await stream.open(async () => {
      const camera = await openSource();
      // A session that cannot be ended keeps the running source.
      await endSessionOf(parts).catch(async (thrown: unknown) => {
        await camera.close();
        throw thrown;
      });
      return camera;
    });
    return withRecording(parts, await stream.start(modeId));
  };
  const applyLoadTime = async (processorId: string, values: ParameterValues): Promise<ParameterState> => {
    const store = processors.parametersOf(processorId);
    if (store === parameters) return stream.applyLoadTime(values);
    if (!parts.chain.chain.isEntry(processorId)) return store.setLoadTime(values);
    return stream.applyChainLoadTime({ key: processorId, values: store.check(values, 'load-time') });
  };
  return {
    'lab.describe': () => ({ version: productVersion, shell: options.shell, dataFolder, workers: threading.workers.count }),
    'source.list': async () => [...(await listSources()), ...files.entries()],
    'source.open': ({ sourceId, modeId }) => open(() => openCamera(files.choiceOf(sourceId) ?? sourceId), modeId),
    'source.openFile': ({ path, geometry }) => open(() => openFile(geometry ? { path, geometry } : { path })),
    'file.probe': ({ path }) => probeFile(path),
    'file.browse': ({ path, fileTypes }) => browseFolder(path, fileTypes),
    'stream.state': () => withRecording(parts, stream.state),
    'stream.start': async ({ modeId }) => withRecording(parts, await stream.start(modeId)),
    'stream.stop': async () => withRecording(parts, await stream.stop()),
    'control.list': () => controls.controls(),
    'control.set': ({ values }) => controls.set(values),
    'control.reset': ({ ids }) => controls.reset(ids),
    'processor.list': () => processors.list(),
    'parameter.get': ({ processorId }) => storeOf(processorId).state,
    'parameter.set': ({ processorId, values }) => storeOf(processorId).set(values),
    'parameter.applyLoadTime': ({ processorId, values }) => applyLoadTime(processorId, values),
    ...scopeHandlers({ panels, processors, applyLoadTime, exportsFolder }),
    ...codeHandlers({ ...parts.chain, processors, stage: fastIsp, stream, exportsFolder }),
    ...chainHandlers({ ...parts.chain, streamChain: parts.streamChain, processors, applyLoadTime }),
    'recording.start': ({ name, frames }) => stream.between(() => recorder().start(name, frames)),
    'recording.stop': () => stream.between(() => recorder().stop()),
    ...backgroundCalls(parts),
    'session.list': () => telemetry().listSessions(),
    'session.export': ({ sessionId }) => telemetry().exportCsv(sessionId, exportsFolder),
  };
}

function refuseTelemetry({ telemetryError, dataFolder }: LabParts): never {
  const message = telemetryError?.message ?? `Expected a usable data folder but received ${dataFolder}`;
  throw new ResourceError('telemetry.unavailable', message, telemetryError?.action);
}

async function closeParts(parts: LabParts, service: ContractService): Promise<void> {
  service.closeViews();
  try {
    await parts.stream.between(() => endSessionOf(parts));
  } finally {
    await closeThreads(parts);
  }
}

/** Whatever became of the session and the camera, no thread may outlive the lab. */
async function closeThreads(parts: LabParts): Promise<void> {
  const { stream, chain, streamChain, development, analysis, monitor, housekeeper, threading, telemetry } = parts;
  try {
    await stream.close();
  } finally {
    await Promise.all([development.close(), analysis.close(), streamChain.comparisons.close()]);
    monitor.close();
    housekeeper.close();
    try {
      await Promise.all([threading.shutdown(), chain.close()]);
    } finally {
      await telemetry?.close();
    }
  }
}
