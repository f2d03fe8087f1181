import type {
  CallName,
  CallOutcome,
  CallRequest,
  CallResponse,
  ControlDescription,
  ControlReport,
  ControlValue,
  ControlValues,
  EventName,
  EventPayload,
  ParameterState,
  ProcessorDescription,
  RawGeometry,
  SessionEntry,
  StreamState,
} from '../../../preload/contract.ts';
import { calls } from '../../../preload/contract.ts';
import { fakeAlgorithms, fakeControls, fakeFindings, fakeProcessor, fakeSources } from './descriptions.ts';
import { deviceControls } from './device-controls.ts';
import { FakeChain } from './fake-chain.ts';
import { FakeScope } from './fake-scope.ts';

/** A refusal with the lab's own sentence and advice. */
class Refusal extends Error {
  readonly action: string;

  constructor(message: string, action: string) {
    super(message);
    this.action = action;
  }
}

type Handlers = { [N in CallName]: (request: CallRequest<N>) => CallResponse<N> };
type Listener = (name: EventName, payload: unknown) => void;

/** Frames that a fake device shows between two writes. */
const framesBetweenWrites = 100;

const mode = { id: '1920x1080@30', width: 1920, height: 1080, framesPerSecond: 30, pixelFormat: 'RGGB10' };
const suggested: RawGeometry = {
  width: 1920,
  height: 1080,
  cfa: 'RGGB',
  bits: 10,
  packing: 'unpacked',
  blackLevel: 64,
  whiteLevel: 1023,
};

/**
 * A lab without cameras, graphs or threads: it answers the whole contract from memory, so that the page can be built and
 * tested by itself. It checks ranges and refuses like the real one; `received` says what it was asked.
 */
export class FakeLab {
  /** Every call that arrived, in order. */
  readonly received: { readonly name: string; readonly payload: unknown }[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #refusals = new Map<CallName, { readonly code: string; readonly message: string }>();
  #stream: StreamState = { phase: 'closed', modes: [], processorId: fakeProcessor.id };
  #controls: ControlDescription[] = [...fakeControls];
  #writes = 0;
  #parameters = [fakeProcessor, fakeAlgorithms].map(defaultState);
  #sessions: SessionEntry[] = [];
  #entries: readonly ProcessorDescription[] = [];
  readonly chain = new FakeChain({
    announce: (name, payload) => this.announce(name, payload),
    parametersOf: (id) => this.#parametersOf(id),
    setParameters: (id, values) => this.#setParameters(id, values),
    entriesChanged: (entries) => this.#setEntries(entries),
  });
  readonly scope = new FakeScope({
    announce: (name, payload) => this.announce(name, payload),
    parametersOf: (id) => this.#parametersOf(id),
    setParameters: (id, values) => this.#setParameters(id, values),
  });
  readonly #handlers: Handlers = this.#makeHandlers();

  /** Answers one call; never rejects. */
  async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    this.received.push({ name, payload });
    if (!(name in calls))
      return { ok: false, error: { code: 'fake.call', message: `Expected a call of the contract but received ${name}` } };
    const refusal = this.#refusals.get(name as CallName);
    if (refusal) return { ok: false, error: refusal };
    try {
      const request = calls[name as CallName].request.parse(payload);
      return { ok: true, result: (this.#handlers[name as CallName] as (request: unknown) => unknown)(request) };
    } catch (thrown) {
      const { message, action } = thrown as Refusal;
      return { ok: false, error: { code: 'fake.refused', message, ...(action === undefined ? {} : { action }) } };
    }
  }

  /** From now on that call is answered with this error. */
  refuse(name: CallName, code: string, message: string): void {
    this.#refusals.set(name, { code, message });
  }

  /** Hears every announcement until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of this.#listeners) listener(name, payload);
  }

  get stream(): StreamState {
    return this.#stream;
  }

  /** Those of the stage. */
  get parameters(): ParameterState {
    return this.#parametersOf(fakeProcessor.id);
  }

  get controls(): readonly ControlDescription[] {
    return this.#controls;
  }

  /** What another program does to a control, or the device itself. */
  changeControl(id: string, change: Partial<ControlDescription>): void {
    this.#controls = this.#controls.map((control) => (control.id === id ? { ...control, ...change } : control));
    this.announce('control.changed', this.#controls);
  }

  /** Puts the stream in a phase, as the real lab does while it opens or reloads. */
  enterPhase(phase: StreamState['phase']): void {
    this.#setStream({ phase });
  }

  /** Counts one frame of the running recording. */
  countFrame(): void {
    const session = this.#sessions.find(({ id }) => id === this.#stream.recordingSessionId);
    if (!session) return;
    session.frames++;
    session.stageEvents += 2;
  }

  #makeHandlers(): Handlers {
    return {
      'lab.describe': () => ({ version: '0.1.0', shell: 'http', dataFolder: '/data/camera-lab', workers: 2 }),
      'source.list': () => [...fakeSources],
      'source.open': ({ sourceId }) => this.#open(sourceId),
      'source.openFile': () => this.#open('file:rose'),
      'file.probe': ({ path }) => this.#probe(path),
      'file.browse': ({ path, fileTypes }) => browse(path, fileTypes),
      'stream.state': () => this.#stream,
      'stream.start': () => this.#setStream({ phase: 'streaming', modeId: mode.id }),
      'stream.stop': () => this.#setStream({ phase: 'stopped' }),
      'control.list': () => this.#controls,
      'control.set': ({ values }) => this.#setControls(values),
      'control.reset': ({ ids }) => this.#resetControls(ids),
      'processor.list': () => this.#listed(),
      'parameter.get': ({ processorId }) => this.scope.panels.find(processorId)?.state ?? this.#parametersOf(processorId),
      'parameter.set': ({ processorId, values }) => {
        return (
          this.scope.panels.find(processorId)?.set(values) ?? this.#setParameters(processorId, values as ParameterState['values'])
        );
      },
      'parameter.applyLoadTime': ({ processorId, values }) => this.#setParameters(processorId, values),
      'recording.start': ({ name }) => this.#startRecording(name),
      'recording.stop': () => this.#stopRecording(),
      'session.list': () => this.#sessions,
      'session.export': ({ sessionId }) => ({
        folder: `/data/camera-lab/exports/session-${sessionId}`,
        files: [
          { path: 'frame.csv', rows: 900 },
          { path: 'stage_event.csv', rows: 1800 },
        ],
      }),
      'fusion.merge': ({ kind, frameCount }) => ({
        planId: 1,
        path: `/data/camera-lab/merged/${kind}-${frameCount}.dng`,
        sequences: Array.from({ length: Number(frameCount) || 3 }, (_, index) => index),
        weights: Array.from({ length: Number(frameCount) || 3 }, () => 1),
      }),
      'fusion.cancel': () => ({}),
      ...this.chain.handlers,
      ...this.scope.handlers,
      'development.start': () => this.#develop(),
      'development.cancel': () => ({}),
      'sensor.analyse': () => ({ sequences: [1, 2, 3, 4], findings: [...fakeFindings] }),
      'sensor.cancelAnalysis': () => ({}),
      'view.acknowledge': () => ({}),
    };
  }

  #setStream(change: Partial<StreamState>): StreamState {
    this.#stream = { ...this.#stream, ...change };
    this.announce('stream.state', this.#stream);
    return this.#stream;
  }

  #develop(): CallResponse<'development.start'> {
    const path = '/data/camera-lab/developed/frame-1.png';
    this.announce('development.changed', { developmentId: 1, kind: 'frame', state: 'done', progress: 1, path });
    this.announce('notice', { level: 'info', code: 'development.done', message: `Developed with SlowISP: ${path}`, path });
    return { developmentId: 1, path };
  }

  #open(sourceId: string): StreamState {
    const source = fakeSources.find(({ id }) => id === sourceId);
    if (!source?.available) throw new Refusal(`Source ${sourceId} cannot be opened.`, 'Choose another one.');
    this.#controls = [...(source.kind === 'v4l2' ? deviceControls : fakeControls)];
    return this.#setStream({ phase: 'streaming', sourceId, sourceName: source.name, modes: [mode], modeId: mode.id });
  }

  #probe(path: string): CallResponse<'file.probe'> {
    if (path.endsWith('.dng'))
      return { path, kind: 'dng', bytes: 24_385_536, geometry: { ...suggested, bits: 12 }, suggestions: [] };
    if (path.endsWith('.raw'))
      return { path, kind: 'raw', bytes: 4_147_200, suggestions: [suggested, { ...suggested, width: 1080, height: 1920 }] };
    throw new Refusal(`Expected a .raw or .dng file but received ${path}.`, 'Choose a headerless RAW file or a CFA DNG.');
  }

  /** All or none, like a driver; what is out of range or read-only is refused by name. */
  #setControls(values: ControlValues): ControlReport[] {
    for (const [id, value] of Object.entries(values)) {
      const control = this.#controls.find((one) => one.id === id);
      if (!control) throw new Refusal(`Expected the id of a control but received ${id}.`, 'Reopen the source.');
      if (control.readOnly || control.grabbed)
        throw new Refusal(`Expected a control that can be written but received ${id}.`, 'Stop.');
      const inRange = typeof value !== 'number' || (value >= control.minimum && value <= control.maximum);
      if (!inRange)
        throw new Refusal(`Expected ${control.minimum} to ${control.maximum} for ${id} but received ${value}.`, 'Choose.');
    }
    return this.#writeControls(values, ({ desired: _before, ...control }, value) => ({ ...control, desired: value }));
  }

  #resetControls(ids: readonly string[] | undefined): ControlReport[] {
    const reset = this.#controls.filter(({ id, readOnly, grabbed, type }) => {
      return !readOnly && !grabbed && type !== 'button' && (ids?.includes(id) ?? true);
    });
    const defaults = Object.fromEntries(reset.map(({ id, defaultValue }) => [id, defaultValue]));
    return this.#writeControls(defaults, ({ desired: _forgotten, ...control }) => control);
  }

  #writeControls(
    values: ControlValues,
    told: (control: ControlDescription, value: ControlValue) => ControlDescription,
  ): ControlReport[] {
    this.#writes++;
    const effectiveAtSequence = this.#writes * framesBetweenWrites;
    this.#controls = this.#controls.map((control) => {
      const value = values[control.id];
      return value === undefined ? control : { ...told(control, value), value, drifted: false, effectiveAtSequence };
    });
    this.announce('control.changed', this.#controls);
    return Object.entries(values).map(([id, requested]) => ({ id, requested, applied: requested }));
  }

  #listed(): ProcessorDescription[] {
    return [fakeProcessor, fakeAlgorithms, ...this.#entries];
  }

  #setEntries(entries: readonly ProcessorDescription[]): void {
    const gone = this.#entries.filter((one) => !entries.some(({ id }) => id === one.id)).map(({ id }) => id);
    this.#parameters = this.#parameters.filter(({ processorId }) => !gone.includes(processorId));
    this.#entries = entries;
    const isKnown = (id: string): boolean => this.#parameters.some(({ processorId }) => processorId === id);
    const added = entries.filter(({ id }) => !isKnown(id)).map(defaultState);
    this.#parameters.push(...added);
    this.announce('processor.listed', this.#listed());
    for (const state of added) this.announce('parameter.changed', state);
  }

  #parametersOf(id: string): ParameterState {
    const state = this.#parameters.find(({ processorId }) => processorId === id);
    if (!state) throw new Refusal(`Expected a processor but received ${id}.`, 'Choose another one.');
    return state;
  }

  #setParameters(processorId: string, values: ParameterState['values']): ParameterState {
    for (const [name, value] of Object.entries(values)) {
      const parameter = this.#listed()
        .find(({ id }) => id === processorId)
        ?.parameters.find((one) => one.name === name);
      const { minimum = -Infinity, maximum = Infinity } = parameter ?? {};
      if (typeof value === 'number' && (value < minimum || value > maximum)) {
        throw new Refusal(`Expected ${minimum} to ${maximum} for ${name} but received ${value}.`, 'Choose a value in the range.');
      }
    }
    const before = this.#parametersOf(processorId);
    const next = { ...before, version: before.version + 1, values: { ...before.values, ...values } };
    this.#parameters = this.#parameters.map((state) => (state === before ? next : state));
    this.announce('parameter.changed', next);
    return next;
  }

  #startRecording(name: string | undefined): SessionEntry {
    const id = this.#sessions.length + 1;
    const startedAt = new Date().toISOString();
    const entry = {
      id,
      name: name ?? `Session ${id}`,
      source: this.#stream.sourceName ?? '',
      startedAt,
      frames: 0,
      developed: 0,
      lost: {},
      stageEvents: 0,
      parameterChanges: 0,
      lostRows: 0,
    };
    this.#sessions = [entry, ...this.#sessions];
    this.announce('session.changed', entry);
    this.#setStream({ recordingSessionId: id });
    return entry;
  }

  #stopRecording(): SessionEntry {
    const session = this.#sessions.find(({ id }) => id === this.#stream.recordingSessionId);
    if (!session) throw new Refusal('Nothing is being recorded.', 'Start a recording first.');
    session.endedAt = new Date().toISOString();
    const { recordingSessionId: _ended, ...stream } = this.#stream;
    this.#stream = stream;
    this.announce('session.changed', session);
    this.announce('stream.state', stream);
    return session;
  }
}

function defaultState({ id, parameters }: ProcessorDescription): ParameterState {
  const values = Object.fromEntries(parameters.map(({ name, defaultValue }) => [name, defaultValue]));
  return { processorId: id, version: 1, values };
}

function browse(path: string, fileTypes: readonly string[] | undefined): CallResponse<'file.browse'> {
  const folder = path === '' ? '/data' : path;
  const file = (name: string, kind: 'raw' | 'dng' | 'file', bytes: number) => ({ name, path: `${folder}/${name}`, kind, bytes });
  const files =
    fileTypes === undefined
      ? [file('rose.dng', 'dng', 24_385_536), file('colorchecker_1920x1080.raw', 'raw', 4_147_200)]
      : fileTypes.map((type) => file(`sample.${type}`, 'file', 48_112));
  const charts = { name: 'charts', path: `${folder}/charts`, kind: 'folder', bytes: 0 } as const;
  return { path: folder, parent: folder === '/data' ? '/' : '/data', entries: [charts, ...files] };
}
