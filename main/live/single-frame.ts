import type { ParameterValues } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { assert, ResourceError } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Stage } from '../processor/stage.ts';
import type { CompletionEvent } from '../runtime/envelope.ts';
import { ModelManager } from '../runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../runtime/resource-manager.ts';
import { ThreadingManager } from '../runtime/threading-manager.ts';

/** One mosaic and what its numbers mean. */
export interface Mosaic {
  readonly width: number;
  readonly height: number;
  /** width * height unpacked samples, DN. */
  readonly samples: Uint16Array;
  readonly sensor: SensorDescription;
}

/** A finished picture: RGBA, 8 bit, rows without padding. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  readonly event: CompletionEvent;
}

/** Runs one mosaic through a stage on the same lane, workers and strips as a live frame. Rejects when the stage fails. */
export async function processMosaic(
  stage: Stage,
  mosaic: Mosaic,
  values: ParameterValues,
  workerCount?: number,
): Promise<Picture> {
  const threading = await ThreadingManager.start(workerCount === undefined ? {} : { realtime: workerCount });
  try {
    return await processOn(threading, stage, mosaic, values);
  } finally {
    await threading.shutdown();
  }
}

async function processOn(threading: ThreadingManager, stage: Stage, mosaic: Mosaic, values: ParameterValues): Promise<Picture> {
  const { width, height, sensor, samples } = mosaic;
  const resources = new ResourceManager();
  const model = await new ModelManager(threading.workers).load({ stage, width, height, sensor, values, provider: 'cpu' });
  const slot = (purpose: string, slotBytes: number): Lease => {
    const pool = resources.createPool(purpose, slotBytes, 1);
    threading.attachPool(pool);
    const lease = resources.lease(pool.poolId, 'single frame');
    assert(lease, 'Expected a free slot in a new pool');
    return lease;
  };
  using input = slot('mosaic', width * height * 2);
  using output = slot('picture', width * height * 4);
  input.samples(width * height).set(samples);
  const completion = new Promise<CompletionEvent>((resolve) => threading.completed.subscribe(resolve));
  const stageId = stage.declaration.id;
  const identity = { frameId: 1, streamId: 'file', lane: 'realtime', stage: stageId, modelHash: model.hash } as const;
  const parameters = { version: 1, values: stage.inputs(values, sensor) };
  const slots = { inputs: [input.handle], outputs: [output.handle] };
  const envelope = { ...identity, ...slots, parameters, queuedNs: monotonicNs() };
  threading.submit(envelope, model.plan.strips.strips.length);
  const event = await completion;
  if (event.error) throw new ResourceError('stage.failed', `${stage.declaration.name} failed: ${event.error.message}`);
  const { outputWidth, outputHeight } = model.plan;
  const pixels = output.bytes(outputWidth * outputHeight * 4).slice();
  return { width: outputWidth, height: outputHeight, pixels, event };
}
