import { z } from 'zod';
import type { ParameterDescription, ParameterValues } from '../../preload/contract.ts';
import { describeParameters, type Parameters } from '../processor/parameters.ts';

/** A parameter as an export writes it: with the value that it was exported with as its default. */
export interface ExportParameter extends ParameterDescription {
  /** Numbers are multiples of it; absent where any within the range will do. */
  readonly multipleOf?: number;
}

/** Parameters by order, as {@link ExportParameter}s; `values` are the values to start from, the schema's defaults where there is none. */
export function exportParameters(params: Parameters, values: ParameterValues): ExportParameter[] {
  return describeParameters(params).map((description) => {
    const schema = z.toJSONSchema(params[description.name]?.schema as z.ZodType, { io: 'input' });
    const multiple = typeof schema.multipleOf === 'number' ? { multipleOf: schema.multipleOf } : {};
    return { ...description, defaultValue: values[description.name] ?? description.defaultValue, ...multiple };
  });
}
