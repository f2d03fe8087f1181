import { InputError } from '../base/errors.ts';
import type { ControlDesk } from '../camera/control/control-desk.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import { splitExposure, totalEv } from '../isp/algo/exposure-split.ts';
import type { AlgorithmDesk } from './algorithm-desk.ts';
import { type Exposure, type ExposureControls, exposureControlsOf } from './exposure-controls.ts';
import { bracketBusy, type FusionDesk, type MergedFile } from './fusion-desk.ts';
import type { LiveStream } from './live-stream.ts';
import { ringFrames } from './stream-memory.ts';

/** Frames of each exposure, where the ring has room: of two the sharper one is merged, and both together show the noise. */
const framesOfEach = 2;

/** How far an exposure may be from the wanted one: a device rounds to its own steps. */
const tolerance = 0.03;

/** Frames within which a camera must have reached an exposure: from end to end of most ranges at a stop per frame, and its delay. */
const mostFrames = 30;

/** The parts that a bracket is taken with. */
export interface BracketParts {
  readonly stream: Pick<LiveStream, 'state' | 'camera' | 'stateChanged'>;
  readonly controls: Pick<ControlDesk, 'controls' | 'propose' | 'release' | 'set'>;
  readonly algorithms: Pick<AlgorithmDesk, 'bracketOffsetsEv' | 'holdingExposure'>;
  readonly fusion: Pick<FusionDesk, 'newest' | 'keepingOnly' | 'merge'>;
}

/** A frame that is waited for, and what it is waited for with. */
interface Target {
  readonly exposure: Exposure;
  /** Whether its frames are to be merged. */
  readonly isKept: boolean;
  framesLeft: number;
  framesSeen: number;
}

/**
 * Takes the bracket that SlowAlgo plans for the scene: sets one exposure after the other as an Algo does, keeps the frames that were
 * exposed so, by what their metadata says, puts the camera back as it was, and merges. The user has asked for it, so that it may move
 * controls that the user has set; those are set again, and auto exposure rests meanwhile.
 */
export class BracketShooter {
  readonly #parts: BracketParts;
  #isShooting = false;

  constructor(parts: BracketParts) {
    this.#parts = parts;
  }

  /**
   * Rejects with InputError where no stream runs, one exposure holds the scene, the camera does not reach an exposure, or another
   * bracket is being taken: that one's exposures would be taken for the scene's.
   */
  async shoot(): Promise<MergedFile> {
    if (this.#isShooting) throw bracketBusy();
    this.#isShooting = true;
    try {
      return await this.#shoot();
    } finally {
      this.#isShooting = false;
    }
  }

  async #shoot(): Promise<MergedFile> {
    const { stream, controls, algorithms, fusion } = this.#parts;
    const offsets = await algorithms.bracketOffsetsEv();
    if (offsets.length < 2) {
      const message = 'Expected a scene that needs several exposures but one holds this scene';
      throw new InputError('bracket.not-needed', message, 'Merge a burst: it takes the noise out of the shadows.');
    }
    const { modes, modeId } = stream.state;
    const rate = stream.camera?.framesPerSecond ?? modes.find(({ id }) => id === modeId)?.framesPerSecond ?? 0;
    const exposures = exposureControlsOf(controls.controls(), rate);
    const newest = fusion.newest();
    const base = newest && exposures?.inEffect(newest.meta);
    if (!exposures || !base) {
      const message = `Expected a camera whose exposure time can be set but ${stream.camera?.name ?? 'this one'} has none`;
      throw new InputError('bracket.no-exposure', message, 'Change the light between frames and merge the exposures by number.');
    }
    const wanted = exposuresFor(base, offsets, exposures);
    const frameCount = wanted.length;
    return await algorithms.holdingExposure(() => this.#shootAround(base, wanted, exposures, frameCount));
  }

  async #shootAround(
    base: Exposure,
    wanted: readonly Exposure[],
    exposures: ExposureControls,
    frameCount: number,
  ): Promise<MergedFile> {
    const { controls, fusion } = this.#parts;
    const held = controls.controls().flatMap(({ id, desired }) => {
      return exposures.ids.includes(id) && desired !== undefined ? [[id, desired] as const] : [];
    });
    controls.release(exposures.ids);
    const each = Math.max(1, Math.min(framesOfEach, Math.floor(ringFrames / wanted.length)));
    using shot = new Shot(this.#parts, exposures, each);
    return await fusion.keepingOnly(
      (meta) => shot.consider(meta),
      async () => {
        const putBack = async (): Promise<void> => {
          if (held.length > 0) await controls.set(Object.fromEntries(held));
          else await shot.goBack(base);
        };
        try {
          for (const exposure of wanted) await shot.reach(exposure);
        } catch (thrown) {
          // The first reason is the one to show: a camera that is gone cannot be put back either.
          await putBack().catch(() => undefined);
          throw thrown;
        }
        await putBack();
        return await fusion.merge({ kind: 'bracket', frameCount });
      },
    );
  }
}

/** The exposures of a plan as the camera can have them, each once. */
function exposuresFor(base: Exposure, offsets: readonly number[], { limits }: ExposureControls): Exposure[] {
  const split = offsets.map((offset) => splitExposure(totalEv(base) + offset, { ...limits, mainsHertz: 0 }));
  return split.filter((one, index) => split.findIndex((other) => isNear(one, other)) === index);
}

function isNear(a: Exposure, b: Exposure): boolean {
  const total = ({ exposureMicros, analogueGain }: Exposure): number => exposureMicros * analogueGain;
  return Math.abs(total(a) / total(b) - 1) < tolerance;
}

function intentFor(exposures: ExposureControls, exposure: Exposure) {
  return { origin: 'algo:bracket', values: exposures.valuesFor(exposure) } as const;
}

/** Sets one exposure after the other and watches the frames for it. */
class Shot {
  readonly #parts: BracketParts;
  readonly #exposures: ExposureControls;
  readonly #each: number;
  #target: (Target & PromiseWithResolvers<void>) | undefined;
  readonly #unsubscribe: () => void;
  #hasEnded = false;

  constructor(parts: BracketParts, exposures: ExposureControls, each: number) {
    this.#parts = parts;
    this.#exposures = exposures;
    this.#each = each;
    this.#unsubscribe = parts.stream.stateChanged.subscribe(({ phase }) => {
      if (phase === 'streaming' || phase === 'reloading') return;
      this.#hasEnded = true;
      this.#target?.reject(new InputError('runtime.cancelled', 'The stream ended before its bracket was taken'));
    });
  }

  /** Resolves when enough frames of this exposure were kept. */
  async reach(exposure: Exposure): Promise<void> {
    await this.#await({ exposure, isKept: true, framesLeft: this.#each, framesSeen: 0 });
  }

  /** Resolves when a frame was exposed so, at once where none will come any more. */
  async goBack(exposure: Exposure): Promise<void> {
    if (this.#hasEnded) await this.#propose(exposure);
    else await this.#await({ exposure, isKept: false, framesLeft: 1, framesSeen: 0 });
  }

  /** Whether a frame is one that is waited for. */
  consider(meta: FrameMeta): boolean {
    const target = this.#target;
    if (!target || target.framesLeft === 0) return false;
    target.framesSeen += 1;
    const inEffect = this.#exposures.inEffect(meta);
    if (inEffect && isNear(inEffect, target.exposure)) {
      target.framesLeft -= 1;
      if (target.framesLeft === 0) target.resolve();
      return target.isKept;
    }
    if (target.framesSeen >= mostFrames) target.reject(unreached(target.exposure, inEffect));
    // A camera goes a stop per frame, and what was written may be late.
    else this.#propose(target.exposure).catch((thrown: unknown) => target.reject(thrown));
    return false;
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#target = undefined;
  }

  async #await(wanted: Target): Promise<void> {
    const target = { ...wanted, ...Promise.withResolvers<void>() };
    this.#target = target;
    try {
      // Both at once: the stream may end while the exposure is still being asked for.
      await Promise.all([target.promise, this.#propose(target.exposure)]);
    } finally {
      this.#target = undefined;
    }
  }

  async #propose(exposure: Exposure): Promise<void> {
    await this.#parts.controls.propose([intentFor(this.#exposures, exposure)]);
  }
}

function unreached(wanted: Exposure, received: Exposure | undefined): InputError {
  const text = (exposure: Exposure | undefined): string =>
    exposure
      ? `${Math.round(exposure.exposureMicros)} µs at gain ${exposure.analogueGain.toFixed(2)}`
      : 'frames that do not tell';
  const message = `Expected the camera to expose ${text(wanted)} within ${mostFrames} frames but received ${text(received)}`;
  return new InputError('bracket.not-reached', message, 'Free the exposure from other programs, or merge exposures by number.');
}
