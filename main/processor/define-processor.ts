import type { ProcessorDescription } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { ProcessorDeclaration } from './declaration.ts';
import type { ImageProcessor } from './image-processor.ts';
import { describeParameters, type Parameters } from './parameters.ts';

export type { ProcessorDeclaration } from './declaration.ts';

/** Checks a declaration's rules and returns it unchanged. Throws InputError naming the processor, the field and the fix. */
export function defineProcessor<P extends Parameters>(processor: ImageProcessor<P>): ImageProcessor<P>;
export function defineProcessor<P extends Parameters, D extends ProcessorDeclaration<P>>(declaration: D): D;
export function defineProcessor<P extends Parameters, D extends ProcessorDeclaration<P>>(declaration: D): D {
  const refuse = (field: string, expected: string, received: string): never => {
    const where = `${field} of processor ${declaration.id}`;
    throw new InputError('processor.invalid', `Expected ${expected} for ${where} but received ${received}`);
  };
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(declaration.id)) refuse('id', 'lower-case words joined by hyphens', declaration.id);
  if (declaration.usage.length === 0) refuse('usage', 'at least one place in the chain', 'none');
  const defaults = Object.values(declaration.modes).filter((mode) => mode?.default);
  if (defaults.length !== 1) refuse('modes', 'exactly one default mode', String(defaults.length));
  for (const [name, parameter] of Object.entries(declaration.params)) {
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name)) refuse(`params.${name}`, 'lower_snake_case with a prefix', name);
    if (!parameter.schema.safeParse(undefined).success) refuse(`params.${name}`, 'a schema with a default', 'none');
  }
  return declaration;
}

/** The declaration as panels and listings show it. */
export function describeProcessor(declaration: ProcessorDeclaration): ProcessorDescription {
  const { id, name, description, supportsPrompts, usage, modes, params } = declaration;
  const offered = (['video', 'text'] as const).filter((mode) => modes[mode] !== undefined);
  return { id, name, description, supportsPrompts, usage: [...usage], modes: offered, parameters: describeParameters(params) };
}
