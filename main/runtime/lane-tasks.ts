import type { ParameterValues } from '../../preload/contract.ts';
import { assert } from '../base/errors.ts';
import type { Prompt } from '../processor/image-processor.ts';
import { mergeBurst } from './fusion/merge.ts';
import type { MergeSpec } from './fusion/merge-spec.ts';
import { type ScoreSpec, scoreBurst } from './fusion/score-burst.ts';

/** A call of a processor on the envelope's slots: the inputs are pictures, the newest first. The model hash names the processor. */
export interface CallSpec {
  readonly width: number;
  readonly height: number;
  readonly prompts: readonly Prompt[];
  readonly values: ParameterValues;
}

/**
 * Work of a lane that is code of the lab and not a model. The specification is plain data, complete in itself. Code of rooms that the
 * runtime knows nothing of is named by the URL of its module (see `workerUrl`), which exports `runTask` as a {@link TaskModule} has it.
 */
export type TaskRequest =
  | { readonly name: 'score-burst'; readonly specification: ScoreSpec }
  | { readonly name: 'merge-burst'; readonly specification: MergeSpec }
  | { readonly name: 'module'; readonly module: string; readonly specification: object }
  /** The first input is written to the output: a frame passes something by that failed. */
  | { readonly name: 'copy'; readonly specification: { readonly bytes: number } }
  | { readonly name: 'call'; readonly specification: CallSpec };

/** A task whose end is awaited: it may be code that the lab has not written. */
export type CallTask = Extract<TaskRequest, { name: 'call' }>;

/** Resolved slots of a task, whole, as 16-bit samples. */
export interface TaskSlots {
  readonly inputs: readonly Uint16Array[];
  readonly outputs: readonly Uint16Array[];
}

/** What a module of the lab exports to be run as a task: as {@link runTask}, with a specification of its own. */
export interface TaskModule {
  runTask(specification: object, slots: TaskSlots, checkpoint: Checkpoint): Record<string, number>;
}

/** Throws when a task is not wanted any more. It may be told the share of the work that is done, 0 to 1, which never falls. */
export type Checkpoint = (share?: number) => void;

/**
 * Runs a task on the calling thread and returns what it measured, by name. A task asks `checkpoint` after every
 * frame at the latest.
 */
export async function runTask(
  task: Exclude<TaskRequest, CallTask>,
  slots: TaskSlots,
  checkpoint: Checkpoint,
): Promise<Record<string, number>> {
  const { inputs, outputs } = slots;
  switch (task.name) {
    case 'score-burst': {
      const findings = scoreBurst(task.specification, inputs, checkpoint);
      return Object.fromEntries(findings.flatMap(({ noise, ...score }, index) => numbered({ ...score, ...noise }, index)));
    }
    case 'copy': {
      const [input, output] = [inputs[0], outputs[0]];
      assert(input && output, 'Expected an input and an output slot for a copy');
      output.set(input.subarray(0, task.specification.bytes / 2));
      return {};
    }
    case 'merge-burst': {
      const [output] = outputs;
      assert(output, 'Expected an output slot for a merge but received none');
      const { meanWeights, shifts } = mergeBurst(task.specification, inputs, output, checkpoint);
      return Object.fromEntries(
        shifts.flatMap(({ x, y }, index) => numbered({ meanWeight: meanWeights[index] as number, shiftX: x, shiftY: y }, index)),
      );
    }
    case 'module': {
      const { runTask: run } = (await import(task.module)) as TaskModule;
      return run(task.specification, slots, checkpoint);
    }
  }
}

/** Statistics of frame `index` of a burst under names of their own: `sharpness.3`. */
function numbered(values: Readonly<Record<string, number>>, index: number): [string, number][] {
  return Object.entries(values).map(([name, value]) => [`${name}.${index}`, value]);
}
