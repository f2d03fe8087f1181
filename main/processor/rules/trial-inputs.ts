import type { ParameterValue, ParameterValues } from '../../../preload/contract.ts';
import type { ParameterSchema, ProcessorFacts } from '../processor-facts.ts';
import type { VideoTensor } from '../video-tensor.ts';

/** Where parameters stand in a trial. */
export type TrialSetting = 'defaults' | 'lowest' | 'highest';

/**
 * The frames of a trial: ramps that reach both ends of every channel, noise, and black and white, in which nothing differs from its
 * neighbours. Every call makes them anew.
 */
export function trialFrames(
  { width, height }: { readonly width: number; readonly height: number },
  frames: number,
): VideoTensor[] {
  const shape = [frames, height, width, 3] as const;
  const ramps = Float32Array.from({ length: frames * height * width * 3 }, (_, index) => {
    const [channel, column, row] = [index % 3, Math.floor(index / 3) % width, Math.floor(index / 3 / width) % height];
    return [column / (width - 1), row / (height - 1), 1 - column / (width - 1)][channel] as number;
  });
  let state = 1;
  const noise = ramps.map(() => {
    // A linear congruential generator (Numerical Recipes): the same frame every time.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 65535;
  });
  return [ramps, noise, ramps.map(() => 0), ramps.map(() => 1)].map((data) => ({ data, shape }));
}

/** Runtime parameters with their schemas. */
export function runtimeOf({ params }: ProcessorFacts): [string, ParameterSchema][] {
  const runtime = Object.entries(params ?? {}).filter(([, { kind }]) => kind === 'runtime');
  return runtime.map(([name, { schema }]) => [name, schema ?? {}]);
}

/** Values of some of a processor's parameters, the runtime ones by default, at one of the three settings of a trial. */
export function settingValues(facts: ProcessorFacts, setting: TrialSetting, of = runtimeOf(facts)): ParameterValues {
  const valueAt = ({ type, minimum, maximum, enum: options, default: value }: ParameterSchema): ParameterValue => {
    if (setting === 'defaults' || (type === 'string' && !options)) return value as ParameterValue;
    if (Array.isArray(options)) return options.at(setting === 'lowest' ? 0 : -1);
    if (type === 'boolean') return setting === 'highest';
    return (setting === 'lowest' ? minimum : maximum) as number;
  };
  return Object.fromEntries(of.map(([name, schema]) => [name, valueAt(schema)]));
}

/** Runtime values as the inputs of a graph. */
export function scalarsOf(facts: ProcessorFacts, values: ParameterValues): Record<string, Float32Array> {
  const scalar = (schema: ParameterSchema, value: unknown): number =>
    Array.isArray(schema.enum) ? schema.enum.indexOf(value) : Number(value);
  return Object.fromEntries(runtimeOf(facts).map(([name, schema]) => [name, Float32Array.of(scalar(schema, values[name]))]));
}
