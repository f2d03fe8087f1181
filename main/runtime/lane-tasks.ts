import { assert } from '../base/errors.ts';
import { mergeBurst } from './fusion/merge.ts';
import type { MergeSpec } from './fusion/merge-spec.ts';
import { type ScoreSpec, scoreBurst } from './fusion/score-burst.ts';

/** Work of a lane that is code of the lab and not a model. The specification is plain data, complete in itself. */
export type TaskRequest =
  | { readonly name: 'score-burst'; readonly specification: ScoreSpec }
  | { readonly name: 'merge-burst'; readonly specification: MergeSpec };

/** Resolved slots of a task, whole, as 16-bit samples. */
export interface TaskSlots {
  readonly inputs: readonly Uint16Array[];
  readonly outputs: readonly Uint16Array[];
}

/**
 * Runs a task on the calling thread and returns what it measured, by name. `checkpoint` throws when the task is not wanted any
 * more; a task asks it after every frame at the latest.
 */
export function runTask(task: TaskRequest, { inputs, outputs }: TaskSlots, checkpoint: () => void): Record<string, number> {
  switch (task.name) {
    case 'score-burst': {
      const findings = scoreBurst(task.specification, inputs, checkpoint);
      return Object.fromEntries(findings.flatMap(({ noise, ...score }, index) => numbered({ ...score, ...noise }, index)));
    }
    case 'merge-burst': {
      const [output] = outputs;
      assert(output, 'Expected an output slot for a merge but received none');
      const { meanWeights, shifts } = mergeBurst(task.specification, inputs, output, checkpoint);
      return Object.fromEntries(
        shifts.flatMap(({ x, y }, index) => numbered({ meanWeight: meanWeights[index] as number, shiftX: x, shiftY: y }, index)),
      );
    }
  }
}

/** Statistics of frame `index` of a burst under names of their own: `sharpness.3`. */
function numbered(values: Readonly<Record<string, number>>, index: number): [string, number][] {
  return Object.entries(values).map(([name, value]) => [`${name}.${index}`, value]);
}
