import type { ErrorRecord } from '../base/errors.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import type { Value } from '../graph/graph.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { CallSource } from '../processor/chain/call-source.ts';
import type { InputValues, PlanePort } from '../processor/stage.ts';
import type { Envelope } from './envelope.ts';

/** What a model can ask to run on: row kernels of the lab's own compiler, on the CPU, or one of ONNX Runtime's providers, of which `cpu` is always there. */
export type ExecutionProvider = 'kernel' | 'cpu' | 'webgpu' | 'cuda' | 'tensorrt';

/** A model as a worker needs it: bytes, and how a frame is fed to it. */
export interface LaneModel {
  readonly hash: string;
  readonly bytes: Uint8Array;
  /** The file that the bytes are from, for messages; absent for a model of the graph builder. */
  readonly file?: string;
  readonly provider: ExecutionProvider;
  /** What runs in place of the bytes, which were compiled to it and which it is compared with; absent where ONNX Runtime runs them. */
  readonly kernel?: Kernel;
  /** Set where another thread of this machine has made that comparison: a kernel gives the same bits on each. */
  readonly isCompared?: true;
  /** It is loaded for a single frame: a kernel is then neither warmed nor compared, since both take longer than that frame. */
  readonly isForOneFrame?: true;
  /** What depends on parameters alone, to be run on the CPU once for a frame; what it makes are inputs of the model. */
  readonly prologue?: { readonly bytes: Uint8Array; readonly inputs: readonly string[] };
  /** What the model has to take and give; checked when it is loaded. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Strips of a frame: as many as the windows of each plane. */
  readonly strips: number;
  /** Ports that read and write the envelope's slots, in the order of the slots. */
  readonly planes: { readonly inputs: readonly PlanePort[]; readonly outputs: readonly PlanePort[] };
  /** Mirrored samples of each strip as the graph takes them; absent where they are part of the graph. */
  readonly pads?: readonly (readonly number[])[];
  /** First mosaic row that each strip makes; absent where the graph does not ask where it stands. */
  readonly firstRows?: readonly number[];
  /** Rows to leave out before those of each strip; absent where the graph makes no others. */
  readonly cuts?: readonly number[];
  /** Fixed shapes of the parameter inputs, by name, those of the prologue included. */
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  /** Values for the warm-up run. */
  readonly warmUpInputs: InputValues;
  /** The highest sample of the warm-up frame: the sensor's first saturated value. */
  readonly warmUpLevel: number;
  /** Threads of one run, for a model that takes the frame whole: nobody else then works on it. 1 by default. */
  readonly threads?: number;
}

/** A processor of the lab that a worker calls, as it makes it for itself. */
export interface LaneCallable {
  readonly hash: string;
  readonly source: CallSource;
}

/** Shared 32-bit words of one job slot: an envelope in work takes one slot, and slots are used in turn. */
export const jobWords = 5;

/** Positions inside a job slot. */
export const jobWord = {
  /** Job serial and next strip in one word, so that a worker that comes late cannot take a strip of another job. */
  claim: 0,
  /** Strips of the job. */
  total: 1,
  /** Strips ended, whether they ran or were given up. */
  ended: 2,
  /** 1 once a strip has failed: the rest is given up. */
  failed: 3,
  /** Thousandths of a task that are done, as far as it says so; 0 for a model. */
  share: 4,
} as const;

/** Low bits of the claim word that count strips; the rest holds the serial. */
export const stripBits = 13;

/** Most strips that one job can have. */
export const maximumStrips = 2 ** stripBits - 1;

/** Serials wrap here; job slots are used in turn, so that equal serials are never alive together. */
export const serialCount = 2 ** (31 - stripBits);

/** The claim word of a job whose next strip is `strip`. */
export function claimWord(serial: number, strip: number): number {
  return (serial << stripBits) | strip;
}

/** What the lab's thread tells a worker. */
export type LaneRequest =
  | { readonly kind: 'attach-pool'; readonly pool: SharedFramePool }
  | { readonly kind: 'detach-pool'; readonly poolId: string }
  | { readonly kind: 'load'; readonly requestId: number; readonly model: LaneModel | LaneCallable }
  | { readonly kind: 'unload'; readonly hash: string }
  | { readonly kind: 'run'; readonly serial: number; readonly jobSlot: number; readonly envelope: Envelope }
  | { readonly kind: 'fence'; readonly requestId: number }
  | { readonly kind: 'stop' };

/** What a worker tells the lab's thread. */
export type LaneReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'loaded'; readonly requestId: number; readonly error?: ErrorRecord }
  | { readonly kind: 'fenced'; readonly requestId: number }
  /** From the worker that takes a job's first strip. */
  | { readonly kind: 'started'; readonly serial: number; readonly atNs: bigint }
  /** What a task measured, before it is finished. */
  | { readonly kind: 'measured'; readonly serial: number; readonly statistics: Readonly<Record<string, number>> }
  | { readonly kind: 'strip-failed'; readonly serial: number; readonly error: ErrorRecord }
  /** From the worker that ends a job's last strip: from then on no worker touches its slots. */
  | { readonly kind: 'finished'; readonly serial: number; readonly atNs: bigint };
