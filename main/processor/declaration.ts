import type { ParameterValues } from '../../preload/contract.ts';
import type { Parameters } from './parameters.ts';

/** A mode that a processor offers. */
export interface ProcessorMode {
  /** True for the one that it starts in. */
  readonly default?: boolean;
  /** Defaults of parameters in this mode, where they differ from the schema's. */
  readonly defaults?: ParameterValues;
}

/** What every algorithm of the lab declares, from FastISP to a user's plug-in. */
export interface ProcessorDeclaration<P extends Parameters = Parameters> {
  /** Lower-case words joined by hyphens; unique in the lab. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly supportsPrompts: boolean;
  readonly modes: Readonly<Partial<Record<'video' | 'text', ProcessorMode>>>;
  /** Where in the chain it may stand. */
  readonly usage: readonly ('preprocessor' | 'main' | 'postprocessor')[];
  readonly params: P;
}
