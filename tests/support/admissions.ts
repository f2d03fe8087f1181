import type { FrameMeta } from '../../main/frame/frame-meta.ts';
import type { Admission } from '../../main/runtime/completion-dispatcher.ts';
import type { CompletionEvent, CompletionStatus } from '../../main/runtime/envelope.ts';
import { type Lease, ResourceManager } from '../../main/runtime/resource-manager.ts';
import { plainSensor } from './synthetic-mosaic.ts';

/** What is known of a test's frame: 4 x 2 samples, captured at `frameId` milliseconds. */
export function frameMeta(frameId: number): FrameMeta {
  const timestampNs = BigInt(frameId) * 1_000_000n;
  return { sequence: frameId - 1, timestampNs, width: 4, height: 2, sensor: plainSensor, controls: { exposure: 8000 } };
}

/** Makes admissions over one small pool, so that a test sees which slots came back. */
export class AdmissionDesk {
  readonly resources = new ResourceManager();
  readonly poolId = this.resources.createPool('picture', 4 * 2 * 4, 16).poolId;

  lease(owner = 'test'): Lease {
    const lease = this.resources.lease(this.poolId, owner);
    if (!lease) throw new Error('Expected a free slot');
    return lease;
  }

  admission(frameId: number, modelHash = 'model'): Admission {
    const [mosaic, picture] = [this.lease(), this.lease()];
    const identity = { frameId, streamId: 'test', lane: 'realtime', stage: 'fast-isp', modelHash } as const;
    const slots = { inputs: [mosaic.handle], outputs: [picture.handle] };
    const envelope = { ...identity, ...slots, parameters: { version: 1, values: {} }, queuedNs: 1n };
    return { envelope, meta: frameMeta(frameId), mosaic, picture, outputWidth: 4, outputHeight: 2 };
  }

  get slotsInUse(): number {
    return this.resources.usage(this.poolId).slotsInUse;
  }
}

/** How an admission's envelope ends: queued at 1 ns, and worked on from 2 ms to 5 ms. */
export function completionOf({ envelope }: Admission, status: CompletionStatus = 'done'): CompletionEvent {
  const { frameId, streamId, stage, parameters, modelHash, queuedNs } = envelope;
  const instants = { queuedNs, startedNs: 2_000_000n, finishedNs: 5_000_000n };
  return {
    frameId,
    streamId,
    stage,
    status,
    parameterVersion: parameters.version,
    modelHash,
    ...instants,
    statistics: { strips: 1 },
  };
}
