import type { ControlDesk } from '../camera/control/control-desk.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import type { Stage } from '../processor/stage.ts';
import type { CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { ModelManager } from '../runtime/model-manager.ts';
import type { ResourceManager } from '../runtime/resource-manager.ts';
import type { ThreadingManager } from '../runtime/threading-manager.ts';
import type { StreamChain } from './chain/stream-chain.ts';
import type { DropLedger } from './drop-ledger.ts';
import type { TuningDesk } from './tuning-desk.ts';

/** The lab's parts that a stream is made of; it owns none of them. */
export interface StreamParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
  readonly models: ModelManager;
  readonly dispatcher: CompletionDispatcher;
  readonly ledger: DropLedger;
  readonly stage: Stage;
  readonly parameters: ParameterStore;
  /** Settings of the algorithms, for which a camera's tuning may have defaults. */
  readonly algorithms?: ParameterStore;
  /** Holds the controls of the open camera; a write to one never passes through the stream, and so never restarts it. */
  readonly controls: ControlDesk;
  /** Where the cameras' tuning files are; without it no camera has one. */
  readonly tunings?: TuningDesk;
  /** What stands around the stage; nothing by default. */
  readonly chain?: StreamChain;
  /** CLOCK_MONOTONIC by default; the lanes' clock. */
  readonly now?: () => bigint;
}
