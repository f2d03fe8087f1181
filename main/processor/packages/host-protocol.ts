import type { ParameterValues } from '../../../preload/contract.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import type { PictureCall } from '../chain/picture-call.ts';
import type { ProcessorCall } from '../processor-call.ts';
import type { ProcessorFacts } from '../processor-facts.ts';
import type { ProcessorRequest } from '../processor-plan.ts';

/** What a host thread is started with. */
export interface HostOrder {
  /** File URL of the package's module. */
  readonly moduleUrl: string;
}

/** What a host thread is asked, one after the other. */
export type HostRequest =
  | { readonly kind: 'prepare'; readonly values: ParameterValues }
  | { readonly kind: 'halo'; readonly values: ParameterValues }
  | { readonly kind: 'plan'; readonly request: ProcessorRequest }
  | { readonly kind: 'call'; readonly request: ProcessorCall }
  | { readonly kind: 'call-on-pictures'; readonly call: PictureCall }
  | { readonly kind: 'shutdown' };

/** A request with the number that its answer bears; 0 is the answer to the start, with the facts. */
export interface HostMessage {
  readonly number: number;
  readonly request: HostRequest;
}

/** The answer to a request. */
export type HostAnswer =
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly error: ErrorRecord };

/** The result of the start. */
export interface HostStarted {
  readonly facts: ProcessorFacts;
}
