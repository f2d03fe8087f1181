import { z } from 'zod';
import { count, finite } from './basics.ts';

const parameterValue = z.union([finite, z.boolean(), z.string()]);
/** A value of a parameter: a finite number, a switch, or a choice or text. */
export type ParameterValue = z.infer<typeof parameterValue>;

/** Values by parameter name. */
export const parameterValues = z.record(z.string(), parameterValue);
/** Values by parameter name. */
export type ParameterValues = z.infer<typeof parameterValues>;

/** Values to set, by parameter name; null takes a value away, where a parameter may have none. */
export const chosenValues = z.record(z.string(), parameterValue.nullable());
/** Values to set, by parameter name; null takes a value away, where a parameter may have none. */
export type ChosenValues = z.infer<typeof chosenValues>;

/** One parameter of a processor with all that a control needs to show it. */
export const parameterDescription = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string(),
  category: z.string(),
  unit: z.string().optional(),
  /** `runtime` acts on the next frame; `load-time` is part of the graph and waits for "apply and reload". */
  kind: z.enum(['runtime', 'load-time']),
  control: z.enum(['slider', 'number', 'toggle', 'select', 'text']),
  /**
   * A control that suits the parameter better where the page has it. `resolution`: two whole numbers in a row, width and height in
   * either order; `colour`: a text "#rrggbb"; `curve`: a text of 2 to 8 points "x,y x,y …" from 0 to 1, x rising from 0 to 1 and y
   * never falling; `image`, `model`, `file`: the path of a file on the lab's machine.
   */
  component: z.enum(['resolution', 'image', 'model', 'file', 'colour', 'curve']).optional(),
  /** Endings that files for this parameter have, such as `cube`; any where absent. */
  fileTypes: z.array(z.string()).optional(),
  order: z.int(),
  minimum: finite.optional(),
  maximum: finite.optional(),
  step: finite.optional(),
  integer: z.boolean(),
  options: z.array(z.object({ value: z.union([z.string(), finite]), label: z.string() })).optional(),
  defaultValue: parameterValue,
  /**
   * It may have no value: `at-first` until it is given one, and again when it is reset, so that `defaultValue` is nothing but where its
   * control begins; `allowed` once its value is taken away. Absent where it always has one.
   */
  unset: z.enum(['allowed', 'at-first']).optional(),
});
/** A parameter as panels, exporters and documents show it. */
export type ParameterDescription = z.infer<typeof parameterDescription>;

/** Where in the chain a processor may stand. */
export const processorUsage = z.enum(['preprocessor', 'main', 'postprocessor']);

/** A processor as panels show it; parameters by order. */
export const processorDescription = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  usage: z.array(processorUsage),
  modes: z.array(z.enum(['video', 'text'])),
  supportsPrompts: z.boolean(),
  parameters: z.array(parameterDescription),
});
/** A processor as panels show it; parameters by order. */
export type ProcessorDescription = z.infer<typeof processorDescription>;

/** The current version of a processor and all its values; a parameter that is not set has none. */
export const parameterState = z.object({ processorId: z.string(), version: count, values: parameterValues });
/** The current version of a processor and all its values. */
export type ParameterState = z.infer<typeof parameterState>;
