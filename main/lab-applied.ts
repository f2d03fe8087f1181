import type { PublishedFrame } from './runtime/completion-dispatcher.ts';
import type { ContractService } from './shell/lab-service.ts';

/** Tells shells from which frame on a version of parameters shows, and a revision of the chain: each once, and never an older one after it. */
export class AppliedVersions {
  readonly #service: Pick<ContractService, 'announce'>;
  readonly #newest = new Map<string, number>();
  #revision = 0;

  constructor(service: Pick<ContractService, 'announce'>) {
    this.#service = service;
  }

  /** A picture is out; `stage` is the id of the ISP's parameters. What a pass failed with shows nowhere. */
  note(stage: string, { event, admission }: PublishedFrame): void {
    const { frameId, parameterVersion, passes = [], chainRevision } = event;
    const { sequence } = admission.meta;
    const members = passes.flatMap((pass) => (pass.error ? [] : pass.members));
    for (const { key: processorId, version } of [{ key: stage, version: parameterVersion }, ...members]) {
      if (version <= (this.#newest.get(processorId) ?? 0)) continue;
      this.#newest.set(processorId, version);
      this.#service.announce('parameter.applied', { processorId, version, frameId, sequence });
    }
    if (chainRevision === undefined || chainRevision <= this.#revision) return;
    this.#revision = chainRevision;
    this.#service.announce('chain.applied', { revision: chainRevision, frameId, sequence });
  }
}
