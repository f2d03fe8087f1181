import { z } from 'zod';
import { count, errorRecord, finite } from './contract/basics.ts';
import { chainCalls, chainEvents } from './contract/chain.ts';
import { codeCalls } from './contract/code.ts';
import { chosenValues, parameterState, parameterValues, processorDescription } from './contract/parameters.ts';
import { scopeCalls, scopeEvents } from './contract/scope.ts';

export type {
  CatalogueProcessor,
  ChainComparison,
  ChainEntry,
  ChainMeasurement,
  ChainPrompt,
  ChainState,
  Preset,
  ProcessorCatalogue,
  ProcessorPackage,
} from './contract/chain.ts';
export type { CodeFile, PackageInspection } from './contract/code.ts';
export {
  type ChosenValues,
  type ParameterDescription,
  type ParameterState,
  type ParameterValue,
  type ParameterValues,
  type ProcessorDescription,
  parameterDescription,
} from './contract/parameters.ts';
export { type JsonSource, type LeftOut, mostJsonLength, type ScopePanel } from './contract/scope.ts';

/**
 * Why frames were lost, one counter per reason. Every frame that is lost on its way is in exactly one of them, once:
 * `replaced-in-view` where views replaced it and none showed it, however many views there are.
 */
export const dropReasons = [
  'no-free-slot',
  'source-late',
  'driver-gap',
  'bad-buffer',
  'replaced-in-lane',
  'expired',
  'failed',
  'replaced-in-view',
] as const;

/** Geometry and levels of a headerless RAW file. Levels in DN of the unpacked sample. */
export const rawGeometry = z.object({
  width: z.int().min(2).max(65534).multipleOf(2),
  height: z.int().min(2).max(65534).multipleOf(2),
  cfa: z.enum(['RGGB', 'GRBG', 'GBRG', 'BGGR']),
  bits: z.int().min(8).max(16),
  packing: z.enum(['unpacked', 'mipi']).default('unpacked'),
  blackLevel: z.number().min(0).max(65535),
  whiteLevel: z.number().min(1).max(65535),
});
/** Parsed geometry; levels in DN. */
export type RawGeometry = z.infer<typeof rawGeometry>;

const sourceEntry = z.object({
  id: z.string(),
  kind: z.enum(['simulator', 'file', 'v4l2']),
  name: z.string(),
  detail: z.string(),
  available: z.boolean(),
  /** Why it cannot be opened and what to do; only where `available` is false. */
  reason: z.string().optional(),
});
/** A source that the lab can show; `id` is stable over restarts. */
export type SourceEntry = z.infer<typeof sourceEntry>;

const cameraMode = z.object({
  id: z.string(),
  width: count,
  height: count,
  framesPerSecond: finite,
  pixelFormat: z.string(),
});

/**
 * A value of a camera control: a number (a boolean is 0 or 1, a menu its index, a bitmask unsigned, a button 1), a text
 * (texts; 64-bit integers in decimal), or numbers (elements of an array, width and height of an area, bytes of a compound).
 */
export const controlValue = z.union([finite, z.string(), z.array(finite)]);
/** A value of a camera control; see {@link controlValue}. */
export type ControlValue = z.infer<typeof controlValue>;

/** Values of camera controls by id. */
export const controlValues = z.record(z.string(), controlValue);
/** Values of camera controls by id; one write sets all of them together. */
export type ControlValues = z.infer<typeof controlValues>;

/** One setting of a camera, as the device itself describes it, and what the lab knows of it. */
export const controlDescription = z.object({
  id: z.string(),
  label: z.string(),
  group: z.string(),
  type: z.enum(['integer', 'number', 'boolean', 'menu', 'button', 'integer64', 'bitmask', 'text', 'array', 'area', 'bytes']),
  /** Of each element for arrays, of the length for texts; the nearest double for 64-bit integers. */
  minimum: finite,
  maximum: finite,
  step: finite,
  /** Limits of a 64-bit integer in decimal, where a double cannot hold them. */
  exactRange: z.object({ minimum: z.string(), maximum: z.string() }).optional(),
  defaultValue: controlValue,
  value: controlValue,
  unit: z.string().optional(),
  help: z.string().optional(),
  /** Choices of a menu, which may have gaps; the label of an integer menu is its 64-bit value. */
  options: z.array(z.object({ value: finite, label: z.string() })).optional(),
  /** Elements per dimension of an array, outermost first. */
  dimensions: z.array(count).optional(),
  /** Kind of an array's elements, where the device says it: unsigned or signed with that many bits. */
  elementType: z.enum(['u8', 'u16', 'u32', 's32', 's64']).optional(),
  readOnly: z.boolean(),
  /** Another control has put this one out of effect, for example automatic exposure the exposure time. */
  inactive: z.boolean().optional(),
  /** The device changes the value by itself. */
  volatile: z.boolean().optional(),
  /** A write is an act and no state, for example a relative movement: nothing is kept of it. Buttons are so without saying. */
  momentary: z.boolean().optional(),
  /** Locked for now, usually while streaming. */
  grabbed: z.boolean().optional(),
  /** What the user asked for, and the lab writes again whenever the device starts afresh. */
  desired: controlValue.optional(),
  /** The device holds something else than what the write of `desired` left in it. */
  drifted: z.boolean().optional(),
  /** Sequence of the first frame that was exposed with the last write; absent until one was. */
  effectiveAtSequence: count.optional(),
});
/** A camera control as panels show it. */
export type ControlDescription = z.infer<typeof controlDescription>;

const controlReport = z.object({
  id: z.string(),
  requested: controlValue,
  applied: controlValue,
  effectiveAtSequence: count.optional(),
});
/** What was asked of a control, what the device made of it, and the first frame exposed with it where that is known by now. */
export type ControlReport = z.infer<typeof controlReport>;

const sessionEntry = z.object({
  id: z.int(),
  name: z.string(),
  source: z.string(),
  startedAt: z.iso.datetime(),
  /** Absent while recording, and for a session that ended with the program. */
  endedAt: z.iso.datetime().optional(),
  /** Developed and lost ones. */
  /** Developed and lost ones together. */
  frames: count,
  /** Frames that became a picture. */
  developed: count,
  /** Frames that did not, by reason; a reason that never occurred is absent. */
  lost: z.partialRecord(z.enum(dropReasons), count),
  stageEvents: count,
  parameterChanges: count,
  /** Rows of any kind that could not be stored; none of the other numbers counts them. */
  lostRows: count,
});
/** A recorded session with the number of rows stored so far. */
export type SessionEntry = z.infer<typeof sessionEntry>;

const streamState = z.object({
  phase: z.enum(['closed', 'opening', 'stopped', 'streaming', 'reloading', 'failed']),
  sourceId: z.string().optional(),
  sourceName: z.string().optional(),
  modes: z.array(cameraMode),
  modeId: z.string().optional(),
  processorId: z.string(),
  recordingSessionId: z.int().optional(),
  error: errorRecord.optional(),
});
/** What streams, from where, and why it does not where it failed. */
export type StreamState = z.infer<typeof streamState>;

const statusSnapshot = z.object({
  framesPerSecondIn: finite,
  framesPerSecondShown: finite,
  framesIn: count,
  framesShown: count,
  dropped: z.record(z.enum(dropReasons), count),
  /** Capture to acknowledged paint, milliseconds; absent until a view has shown a frame, and while no frames flow. */
  latencyMillis: z.object({ median: finite, p99: finite }).optional(),
  /** Stage run time, milliseconds; absent while no frames flow. */
  stageMillis: z.object({ median: finite, p99: finite }).optional(),
  dispatcherMillis: z.object({ median: finite, p99: finite }).optional(),
  /** Busy share of the realtime lane over the last second, 0 to 1. */
  laneLoad: finite,
  slotsInUse: count,
  slotsTotal: count,
  /** Frame memory by who holds it; a budget only where the consumer has one. */
  memory: z.array(
    z.object({ consumer: z.string(), bytes: count, budgetBytes: count.optional(), evictions: count, refusals: count }),
  ),
  diskFreeBytes: finite.optional(),
});
/** The live path measured since the last snapshot; counts since the stream started. */
export type StatusSnapshot = z.infer<typeof statusSnapshot>;

const fileProbe = z.object({
  path: z.string(),
  kind: z.enum(['raw', 'dng']),
  bytes: count,
  /** Complete geometry, from the DNG's tags or the JSON sidecar; absent when the user has to say it. */
  geometry: rawGeometry.optional(),
  /** Geometries that match the file's size, likeliest first. */
  suggestions: z.array(rawGeometry),
});
/** What is known of a file before it is opened as a camera. */
export type FileProbe = z.infer<typeof fileProbe>;

const folderListing = z.object({
  path: z.string(),
  parent: z.string().optional(),
  entries: z.array(
    z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'raw', 'dng', 'file']), bytes: count }),
  ),
});
/** A folder of the lab's machine: absolute paths, folders first. */
export type FolderListing = z.infer<typeof folderListing>;

const nothing = z.object({});
const processorIdOnly = z.object({ processorId: z.string() });

/** Every question a shell answers: the payload it parses and the result it returns. */
export const calls = {
  'lab.describe': {
    request: nothing,
    response: z.object({ version: z.string(), shell: z.enum(['electron', 'http']), dataFolder: z.string(), workers: count }),
  },
  'source.list': { request: nothing, response: z.array(sourceEntry) },
  /** Opens and starts a source, in its first mode where none is named. */
  'source.open': { request: z.object({ sourceId: z.string(), modeId: z.string().optional() }), response: streamState },
  'source.openFile': { request: z.object({ path: z.string(), geometry: rawGeometry.optional() }), response: streamState },
  'file.probe': { request: z.object({ path: z.string() }), response: fileProbe },
  /**
   * An empty path means the user's home folder. With `fileTypes` the files of these endings (all, where it is empty) are listed
   * instead of those that a camera can be.
   */
  'file.browse': {
    request: z.object({ path: z.string(), fileTypes: z.array(z.string()).optional() }),
    response: folderListing,
  },
  'stream.state': { request: nothing, response: streamState },
  'stream.start': { request: z.object({ modeId: z.string().optional() }), response: streamState },
  'stream.stop': { request: nothing, response: streamState },
  'control.list': { request: nothing, response: z.array(controlDescription) },
  /** Writes all values in one request to the device. */
  'control.set': { request: z.object({ values: controlValues }), response: z.array(controlReport) },
  /** Writes the defaults and forgets what the user asked for: of all controls where no ids are given. */
  'control.reset': { request: z.object({ ids: z.array(z.string()).optional() }), response: z.array(controlReport) },
  'processor.list': { request: nothing, response: z.array(processorDescription) },
  'parameter.get': { request: processorIdOnly, response: parameterState },
  'parameter.set': { request: z.object({ processorId: z.string(), values: chosenValues }), response: parameterState },
  'parameter.applyLoadTime': {
    request: z.object({ processorId: z.string(), values: parameterValues }),
    response: parameterState,
  },
  /** With `frames`, the session ends by itself as soon as that many frames were developed in it. */
  'recording.start': {
    request: z.object({ name: z.string().max(200).optional(), frames: z.int().min(1).optional() }),
    response: sessionEntry,
  },
  'recording.stop': { request: nothing, response: sessionEntry },
  'session.list': { request: nothing, response: z.array(sessionEntry) },
  'session.export': {
    request: z.object({ sessionId: z.int() }),
    response: z.object({ folder: z.string(), files: z.array(z.object({ path: z.string(), rows: count })) }),
  },
  /**
   * Merges frames that the running stream has shown already, and resolves when the result is on disk. A bracket of `automatic` frames
   * is planned for the scene and taken first.
   */
  'fusion.merge': {
    request: z.union([
      z.object({ kind: z.enum(['burst', 'bracket']), frameCount: z.int() }),
      z.object({ kind: z.literal('bracket'), frameCount: z.literal('automatic') }),
    ]),
    response: z.object({ planId: count, path: z.string(), sequences: z.array(count), weights: z.array(finite) }),
  },
  'fusion.cancel': { request: z.object({ planId: count }), response: nothing },
  ...chainCalls,
  /** Develops the newest frame with SlowISP, and resolves when the picture is on disk. Merges are developed by themselves. */
  'development.start': { request: nothing, response: z.object({ developmentId: count, path: z.string() }) },
  'development.cancel': { request: z.object({ developmentId: count }), response: nothing },
  /**
   * Looks at the frames that the running stream has just shown for what they tell of the sensor; changes nothing. One at a time; refused
   * with `runtime.cancelled` when it is given up.
   */
  'sensor.analyse': {
    request: nothing,
    response: z.object({
      sequences: z.array(count),
      findings: z.array(
        z.object({
          about: z.enum(['blackLevel', 'defectGrowth', 'photonTransfer', 'cfaOrder', 'clippingPoint']),
          verdict: z.enum(['agrees', 'differs', 'undecided']),
          message: z.string(),
          action: z.string().optional(),
        }),
      ),
    }),
  },
  /** Gives the analysis under way up; harmless where there is none. */
  'sensor.cancelAnalysis': { request: nothing, response: nothing },
  ...codeCalls,
  ...scopeCalls,
  'view.acknowledge': { request: z.object({ viewId: z.string(), frameId: count }), response: nothing },
} as const;

/** Every announcement a shell forwards, in the order in which the lab made it. */
export const events = {
  'stream.state': streamState,
  'status.snapshot': statusSnapshot,
  /** All controls: after writes, after changes by another program, and once a write's first frame is known. */
  'control.changed': z.array(controlDescription),
  /** A processor's description changed: the defaults follow the open source. */
  'processor.changed': processorDescription,
  'parameter.changed': parameterState,
  /** The first frame that was made with this parameter version. */
  'parameter.applied': z.object({ processorId: z.string(), version: count, frameId: count, sequence: count }),
  ...chainEvents,
  ...scopeEvents,
  'session.changed': sessionEntry,
  'fusion.changed': z.object({
    planId: count,
    kind: z.enum(['burst', 'bracket']),
    frameCount: count,
    state: z.enum(['created', 'reserved', 'selected', 'scheduled', 'done', 'failed', 'cancelled']),
  }),
  /** A mosaic that SlowISP develops on the background lane; `progress` is the share of the work that is done, 0 to 1. */
  'development.changed': z.object({
    developmentId: count,
    kind: z.enum(['burst', 'bracket', 'frame']),
    state: z.enum(['waiting', 'loading', 'developing', 'encoding', 'writing', 'done', 'failed', 'cancelled']),
    progress: finite,
    /** Of the picture; only when it is done. */
    path: z.string().optional(),
  }),
  /** The analysis of the sensor on the background lane; `progress` is the share of the work that is done, 0 to 1. */
  'sensor.analysis': z.object({
    state: z.enum(['analysing', 'done', 'failed', 'cancelled']),
    progress: finite,
  }),
  /** What SlowAlgo decided about the scene from a frame, about once a second; set by itself only where the user has chosen so. */
  'algorithm.advised': z.object({
    algorithm: z.string(),
    sequence: count,
    intents: z.record(z.string(), z.union([finite, z.string(), z.array(finite)])),
  }),
  /** `path` names a file that it tells of. */
  notice: errorRecord.extend({ level: z.enum(['info', 'warning', 'error']), path: z.string().optional() }),
} as const;

/** Name of a call. */
export type CallName = keyof typeof calls;
/** The payload of a call as its caller writes it; defaults may be left out. */
export type CallRequest<N extends CallName> = z.input<(typeof calls)[N]['request']>;
/** The result of a call. */
export type CallResponse<N extends CallName> = z.output<(typeof calls)[N]['response']>;
/** Name of an event. */
export type EventName = keyof typeof events;
/** The payload of an event. */
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>;

/** What every shell returns for a call: the result, or the error as plain data. */
export type CallOutcome<T> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly error: z.infer<typeof errorRecord> };

/** Frames of a view in flight at most; the next one waits, and the newest wins. */
export const viewCredits = 2;

/**
 * What the page finds as `window.cameraLab` when it runs in the Electron shell. The preload script forwards and decides
 * nothing; frames come over a MessagePort as {@link Uint8Array}s of header and pixels (see frame-wire.ts).
 */
export interface PreloadBridge {
  call(name: CallName, payload: unknown): Promise<CallOutcome<unknown>>;
  /** Calls back for every event until the returned function is called. */
  subscribe(listener: (name: EventName, payload: unknown) => void): () => void;
  /** Asks for a view's frames; the port arrives at the page as a `message` event whose data is `{ viewId }`. */
  openView(viewId: string): void;
}
