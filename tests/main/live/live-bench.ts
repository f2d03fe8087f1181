import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { Announcer } from '../../../main/base/lifetime.ts';
import { ControlDesk } from '../../../main/camera/control/control-desk.ts';
import type { ProfileStore } from '../../../main/camera/control/profile-store.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import type { StreamChain, StreamChainParts } from '../../../main/live/chain/stream-chain.ts';
import { DropLedger } from '../../../main/live/drop-ledger.ts';
import { LiveStream } from '../../../main/live/live-stream.ts';
import type { TuningDesk } from '../../../main/live/tuning-desk.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import { type Completion, CompletionDispatcher } from '../../../main/runtime/completion-dispatcher.ts';
import { type LoadedModel, ModelManager, type ModelRequest } from '../../../main/runtime/model-manager.ts';
import type { PlatformAllocator } from '../../../main/runtime/platform-allocator.ts';
import { ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import type { StreamState } from '../../../preload/contract.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { StandingClock } from '../../support/scripted-runner.ts';
import { ScriptedCamera } from './scripted-camera.ts';

/** A ModelManager that knows which models are in use. */
class WatchedModels extends ModelManager {
  readonly inUse: string[] = [];

  override async load(request: ModelRequest): Promise<LoadedModel> {
    const model = await super.load(request);
    this.inUse.push(model.hash);
    return model;
  }

  override release(model: LoadedModel): void {
    super.release(model);
    this.inUse.splice(this.inUse.indexOf(model.hash), 1);
  }
}

/** A live stream over real lanes, with everything that a test wants to look at. */
export interface LiveBench {
  readonly threading: ThreadingManager;
  readonly stream: LiveStream;
  readonly controls: ControlDesk;
  readonly dispatcher: CompletionDispatcher;
  readonly ledger: DropLedger;
  readonly parameters: ParameterStore;
  readonly resources: ResourceManager;
  readonly models: WatchedModels;
  /** The time by which frames expire. It stands until the test moves it: a busy machine must not cost a frame. */
  readonly clock: StandingClock;
  /** Every state announced so far. */
  readonly states: readonly StreamState[];
  /** Every completion so far. */
  readonly completions: readonly Completion[];
  /** Opens and starts a new scripted camera. */
  streaming(name?: string): Promise<ScriptedCamera>;
  /** Resolves when every admitted envelope is complete. */
  settled(): Promise<void>;
}

/** What a test may exchange. */
export interface BenchOptions {
  readonly stage?: Stage;
  readonly allocator?: PlatformAllocator;
  readonly profiles?: ProfileStore;
  readonly tunings?: TuningDesk;
  /** Makes what stands around the stage. */
  readonly chain?: (lab: ChainLab) => StreamChain;
}

/** What a chain of a bench is made of. */
export type ChainLab = Omit<StreamChainParts, 'chain' | 'callMillis'>;

/** Shares lanes with one worker each among the tests of a file, without a background lane by default; each bench is closed after its test. */
export function liveBenches({ background = 0 } = {}): (options?: BenchOptions) => LiveBench {
  let threading: ThreadingManager;
  const clock = new StandingClock();
  beforeAll(async () => {
    threading = await ThreadingManager.start({ realtime: 1, background, now: clock.now });
  });
  afterAll(() => threading.shutdown());
  return (options = {}) => makeBench(threading, clock, options);
}

function makeBench(
  threading: ThreadingManager,
  clock: StandingClock,
  { stage = fastIsp, allocator, profiles, tunings, chain }: BenchOptions,
): LiveBench {
  const resources = new ResourceManager(allocator ? { allocator } : {});
  const dispatcher = new CompletionDispatcher();
  const ledger = new DropLedger();
  const parameters = new ParameterStore(stage.declaration.id, stage.declaration.params);
  const models = new WatchedModels(threading.workers);
  const controls = new ControlDesk(profiles);
  const { now } = clock;
  const lab = { resources, threading, models, dispatcher, ledger, stage, parameters, controls, now };
  const around = chain ? { chain: chain({ resources, threading, models, dispatcher }) } : {};
  const stream = new LiveStream({ ...lab, ...(tunings ? { tunings } : {}), ...around });
  const states: StreamState[] = [];
  const completions: Completion[] = [];
  stream.stateChanged.subscribe((state) => states.push(state));
  dispatcher.completed.subscribe((completion) => completions.push(completion));
  const unsubscribe = threading.completed.subscribe((event) => dispatcher.complete(event));
  onTestFinished(async () => {
    await stream.close();
    unsubscribe();
  });
  const streaming = async (name?: string): Promise<ScriptedCamera> => {
    const camera = new ScriptedCamera(name);
    await stream.open(async () => camera);
    await stream.start();
    return camera;
  };
  const ended = new Announcer<void>();
  dispatcher.completed.subscribe(() => ended.announce());
  dispatcher.worked.subscribe(() => ended.announce());
  const settled = async (): Promise<void> => {
    if (dispatcher.pending() > 0) await nextOf(ended, 'the last envelope', () => dispatcher.pending() === 0);
  };
  const parts = { threading, stream, controls, dispatcher, ledger, parameters, resources, models };
  return { ...parts, clock, states, completions, streaming, settled };
}
