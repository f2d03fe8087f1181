import { InputError } from '../base/errors.ts';
import type { Stage } from '../processor/stage.ts';
import { fastIsp } from './fast-isp.ts';
import { rawIsp } from './raw-isp.ts';
import { slowIsp } from './slow-isp.ts';

/** The ISP's stages by the name that a command line gives them. */
export const stages = { raw: rawIsp, fast: fastIsp, slow: slowIsp } as const satisfies Readonly<Record<string, Stage>>;

/** Names of {@link stages}. */
export type StageName = keyof typeof stages;

/** The stage of a name. Throws InputError with the names that there are. */
export function stageNamed(name: string): Stage {
  if (name in stages) return stages[name as StageName];
  throw new InputError('stage.unknown', `Expected one of ${Object.keys(stages).join(', ')} for a stage but received ${name}`);
}
