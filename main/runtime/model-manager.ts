import { messageOf } from '../base/errors.ts';
import { compileKernel } from '../kernel/compile-kernel.ts';
import { KernelError } from '../kernel/kernel.ts';
import { type CallSource, callSourceHash } from '../processor/chain/call-source.ts';
import type { StagePlan } from '../processor/stage.ts';
import { expectProvider, providerObstacle } from './execution-providers.ts';
import type { ExecutionProvider } from './lane-protocol.ts';
import type { LaneWorkers } from './lane-workers.ts';
import { type CachedModel, defaultModelBudgetBytes, ModelCache } from './model-cache.ts';
import { plainReason } from './model-error.ts';
import type { ModelProfile } from './model-profile.ts';
import { profiledProvider, profileModel } from './model-profiler.ts';
import { type CompileKernel, type ModelRequest, modelSource } from './model-source.ts';
import { rememberKernels } from './remembered-kernels.ts';

export type { ModelRequest } from './model-source.ts';

/** A model that every worker has loaded and warmed, ready for envelopes. */
export interface LoadedModel {
  readonly hash: string;
  readonly provider: ExecutionProvider;
  /** Why ONNX Runtime runs it on the CPU although another provider was asked for. */
  readonly fallbackReason?: string;
  readonly plan: StagePlan;
}

/** What a test or a shell may choose. */
export interface ModelOptions {
  /** Bytes that loaded models may take, by estimate, before those that nobody uses are given up. */
  readonly budgetBytes?: number;
  /** Why this machine cannot run a provider; of the installed ONNX Runtime by default. */
  readonly obstacle?: (provider: ExecutionProvider) => Promise<string | undefined>;
  /** Makes row kernels; the lab's own compiler by default. */
  readonly compile?: CompileKernel;
}

/**
 * Turns stages into sessions. A model is loaded beside those that run; the caller swaps by naming the new hash in its
 * next envelope, and releases the old one when nothing names it any more. Equal models are loaded once, and one that was
 * released stays loaded while the budget has room: a setting that is switched to and fro is there at once.
 */
export class ModelManager {
  readonly #workers: LaneWorkers;
  readonly #cache: ModelCache;
  readonly #obstacle: (provider: ExecutionProvider) => Promise<string | undefined>;
  readonly #compile: CompileKernel;

  constructor(workers: LaneWorkers, options: ModelOptions = {}) {
    const { budgetBytes = defaultModelBudgetBytes, obstacle = providerObstacle, compile = compileKernel } = options;
    this.#workers = workers;
    this.#cache = new ModelCache(budgetBytes, (hash) => workers.unload(hash));
    this.#obstacle = obstacle;
    this.#compile = rememberKernels(compile);
  }

  /** What is loaded, from the model used longest ago to the newest. */
  get models(): readonly CachedModel[] {
    return this.#cache.models;
  }

  /**
   * Builds, loads and warms a model. Falls back to ONNX Runtime on the CPU, with the reason, where the provider cannot be had, does not take the
   * model, or makes something else of it.
   */
  async load(request: ModelRequest): Promise<LoadedModel> {
    if (request.provider === 'cpu') return this.#loadFor(request, 'cpu');
    const obstacle = await this.#obstacle(request.provider);
    if (obstacle !== undefined) return this.#fallBack(request, obstacle);
    try {
      return await this.#loadFor(request, request.provider);
    } catch (thrown) {
      return this.#fallBack(request, thrown instanceof KernelError ? thrown.message : plainReason(messageOf(thrown)));
    }
  }

  /** Makes a processor that is called known to every worker; given back like a model. */
  async loadCallable(source: CallSource): Promise<{ readonly hash: string }> {
    const hash = callSourceHash(source);
    // What a call opens is not known; its model's bytes are the least.
    const bytes = source.kind === 'onnx' ? [...source.files.files.values()].reduce((sum, file) => sum + file.length, 0) : 0;
    await this.#cache.acquire(hash, 2 * bytes * this.#workers.count, () => this.#workers.load({ hash, source }));
    return { hash };
  }

  /** Gives a model back. Its sessions stay while the budget has room for them. */
  release(model: Pick<LoadedModel, 'hash'>): void {
    this.#cache.release(model.hash);
  }

  /**
   * Times every operator of a model over `runs` warm-up frames, in a session of its own on a thread of its own, so that the
   * frame path goes on. Row kernels have no times by operator: ONNX Runtime on the CPU is timed in their place, as the profile says. Rejects
   * where another provider cannot be had: a profile of another one would mislead.
   */
  async profile(request: ModelRequest, { runs }: { readonly runs: number }): Promise<ModelProfile> {
    const provider = profiledProvider(request.provider);
    await expectProvider(provider, this.#obstacle);
    return profileModel({ ...request, provider }, runs);
  }

  async #fallBack(request: ModelRequest, fallbackReason: string): Promise<LoadedModel> {
    return { ...(await this.#loadFor(request, 'cpu')), fallbackReason };
  }

  async #loadFor(request: ModelRequest, provider: ExecutionProvider): Promise<LoadedModel> {
    const { plan, model, sessionBytes } = await modelSource(request, provider, this.#compile);
    const bytes = sessionBytes * this.#workers.count;
    await this.#cache.acquire(model.hash, bytes, () => this.#workers.load(model));
    return { hash: model.hash, provider, plan };
  }
}
