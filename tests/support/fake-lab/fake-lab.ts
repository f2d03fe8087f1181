import type {
  CallName,
  CallOutcome,
  CallRequest,
  CallResponse,
  EventName,
  EventPayload,
  ParameterState,
  RawGeometry,
  SessionEntry,
  StreamState,
} from '../../../preload/contract.ts';
import { calls } from '../../../preload/contract.ts';
import { fakeControls, fakeProcessor, fakeSources } from './descriptions.ts';

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
  #stream: StreamState = { phase: 'closed', modes: [], processorId: fakeProcessor.id };
  #controls = fakeControls.map((control) => ({ ...control }));
  #parameters: ParameterState = {
    processorId: fakeProcessor.id,
    version: 1,
    values: Object.fromEntries(fakeProcessor.parameters.map(({ name, defaultValue }) => [name, defaultValue])),
  };
  #sessions: SessionEntry[] = [];
  readonly #handlers: Handlers = this.#makeHandlers();

  /** Answers one call; never rejects. */
  async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    this.received.push({ name, payload });
    if (!(name in calls))
      return { ok: false, error: { code: 'fake.call', message: `Expected a call of the contract but received ${name}` } };
    try {
      const request = calls[name as CallName].request.parse(payload);
      return { ok: true, result: (this.#handlers[name as CallName] as (request: unknown) => unknown)(request) };
    } catch (thrown) {
      const { message, action } = thrown as Refusal;
      return { ok: false, error: { code: 'fake.refused', message, ...(action === undefined ? {} : { action }) } };
    }
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

  get parameters(): ParameterState {
    return this.#parameters;
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
      'file.browse': ({ path }) => browse(path),
      'stream.state': () => this.#stream,
      'stream.start': () => this.#setStream({ phase: 'streaming', modeId: mode.id }),
      'stream.stop': () => this.#setStream({ phase: 'stopped' }),
      'control.list': () => this.#controls,
      'control.set': ({ id, value }) => this.#setControl(id, value),
      'processor.list': () => [fakeProcessor],
      'parameter.get': () => this.#parameters,
      'parameter.set': ({ values }) => this.#setParameters(values),
      'parameter.applyLoadTime': ({ values }) => this.#setParameters(values),
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
      'view.acknowledge': () => ({}),
    };
  }

  #setStream(change: Partial<StreamState>): StreamState {
    this.#stream = { ...this.#stream, ...change };
    this.announce('stream.state', this.#stream);
    return this.#stream;
  }

  #open(sourceId: string): StreamState {
    const source = fakeSources.find(({ id }) => id === sourceId);
    if (!source?.available) throw new Refusal(`Source ${sourceId} cannot be opened.`, 'Choose another one.');
    return this.#setStream({ phase: 'streaming', sourceId, sourceName: source.name, modes: [mode], modeId: mode.id });
  }

  #probe(path: string): CallResponse<'file.probe'> {
    if (path.endsWith('.dng'))
      return { path, kind: 'dng', bytes: 24_385_536, geometry: { ...suggested, bits: 12 }, suggestions: [] };
    if (path.endsWith('.raw'))
      return { path, kind: 'raw', bytes: 4_147_200, suggestions: [suggested, { ...suggested, width: 1080, height: 1920 }] };
    throw new Refusal(`Expected a .raw or .dng file but received ${path}.`, 'Choose a headerless RAW file or a CFA DNG.');
  }

  #setControl(id: string, value: number): CallResponse<'control.set'> {
    const control = this.#controls.find((one) => one.id === id);
    if (!control) throw new Refusal(`Expected the id of a control but received ${id}.`, 'Reopen the source.');
    control.value = value;
    this.announce('control.changed', this.#controls);
    return { id, requested: value, applied: value };
  }

  #setParameters(values: ParameterState['values']): ParameterState {
    for (const [name, value] of Object.entries(values)) {
      const parameter = fakeProcessor.parameters.find((one) => one.name === name);
      const { minimum = -Infinity, maximum = Infinity } = parameter ?? {};
      if (typeof value === 'number' && (value < minimum || value > maximum)) {
        throw new Refusal(`Expected ${minimum} to ${maximum} for ${name} but received ${value}.`, 'Choose a value in the range.');
      }
    }
    const version = this.#parameters.version + 1;
    this.#parameters = { ...this.#parameters, version, values: { ...this.#parameters.values, ...values } };
    this.announce('parameter.changed', this.#parameters);
    return this.#parameters;
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
      stageEvents: 0,
      parameterChanges: 0,
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

function browse(path: string): CallResponse<'file.browse'> {
  const folder = path === '' ? '/data' : path;
  const entries: CallResponse<'file.browse'>['entries'] = [
    { name: 'charts', path: `${folder}/charts`, kind: 'folder', bytes: 0 },
    { name: 'rose.dng', path: `${folder}/rose.dng`, kind: 'dng', bytes: 24_385_536 },
    { name: 'colorchecker_1920x1080.raw', path: `${folder}/colorchecker_1920x1080.raw`, kind: 'raw', bytes: 4_147_200 },
  ];
  return { path: folder, parent: folder === '/data' ? '/' : '/data', entries };
}
