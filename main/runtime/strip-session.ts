import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import { elementsOf, type InputValues, type PlanePort, stagePorts } from '../processor/stage.ts';
import type { LaneModel } from './lane-protocol.ts';

/** The elements of a slot, as its plane's port has them. */
export type PlaneElements = Uint8Array | Uint16Array | Float32Array;

/** What the strips of one frame share: whole planes, and the parameters as the model takes them. */
export interface FrameTensors {
  /** By position, as in the model's planes. */
  readonly inputs: readonly PlaneElements[];
  readonly outputs: readonly PlaneElements[];
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** What runs the strips: ONNX Runtime's session, or a kernel of the lab. Results are written into the data of `fetches`. */
export interface StripRun {
  run(feeds: Record<string, Tensor>, fetches: Record<string, Tensor>): Promise<unknown>;
  /** Completes the trace of a session that was opened for profiling. */
  endProfiling(): void;
  release(): Promise<void>;
}

/** A loaded model: runs strips in place on one thread, and before them, once for a frame, what depends on parameters alone. */
export class StripSession {
  readonly #model: LaneModel;
  readonly #strips: StripRun;
  readonly #prologue: InferenceSession | undefined;

  constructor(model: LaneModel, strips: StripRun, prologue?: InferenceSession) {
    this.#model = model;
    this.#strips = strips;
    this.#prologue = prologue;
  }

  /** The parameters of a frame as all of its strips take them. Throws by name where a value is missing. */
  async parameters(values: InputValues): Promise<Record<string, Tensor>> {
    const { inputShapes, prologue, inputs } = this.#model;
    const tensors = Object.entries(inputShapes).map(([name, shape]) => {
      const data = values[name];
      assert(data, `Expected a value for graph input ${name} but received none`);
      return [name, new Tensor('float32', data, shape)] as const;
    });
    const among = (names: readonly string[]): Record<string, Tensor> =>
      Object.fromEntries(tensors.filter(([name]) => names.includes(name)));
    const own = among(inputs.map(({ name }) => name));
    if (!(this.#prologue && prologue)) return own;
    const made = await this.#prologue.run(among(prologue.inputs));
    return { ...own, ...(made as Record<string, Tensor>) };
  }

  /** Makes one strip of a frame, reading and writing its planes in place. */
  async run(strip: number, frame: FrameTensors): Promise<void> {
    const { planes, pads, firstRows, cuts } = this.#model;
    const feeds: Record<string, Tensor> = { ...frame.parameters, ...windowTensors(planes.inputs, frame.inputs, strip) };
    const ownPads = pads?.[strip];
    if (ownPads) feeds[stagePorts.pads] = new Tensor('int64', BigInt64Array.from(ownPads, BigInt), [ownPads.length]);
    const firstRow = firstRows?.[strip];
    if (firstRow !== undefined) feeds[stagePorts.firstRow] = new Tensor('float32', Float32Array.of(firstRow), []);
    const cut = cuts?.[strip];
    if (cut !== undefined) feeds[stagePorts.cut] = new Tensor('int64', BigInt64Array.of(BigInt(cut)), [1]);
    await this.#strips.run(feeds, windowTensors(planes.outputs, frame.outputs, strip));
  }

  /** Ends profiling, which it was opened with; the traces are complete then. */
  endProfiling(): void {
    this.#strips.endProfiling();
    this.#prologue?.endProfiling();
  }

  /** Frees the sessions. Nothing may run in them any more. */
  async release(): Promise<void> {
    await Promise.all([this.#strips.release(), this.#prologue?.release()]);
  }
}

/** Views of the planes for one strip: no sample is copied. */
function windowTensors(ports: readonly PlanePort[], planes: readonly PlaneElements[], strip: number): Record<string, Tensor> {
  const entries = ports.map(({ name, type, windows }, index) => {
    const [plane, window] = [planes[index], windows[strip]];
    assert(plane && window, `Expected a plane and a window of strip ${strip} for ${name}`);
    const { offset, shape } = window;
    const part = plane.subarray(offset, offset + elementsOf(shape));
    return [name, new Tensor(type as 'float32', part as Float32Array, shape)] as const;
  });
  return Object.fromEntries(entries);
}
