import type { ParameterValues } from '../../preload/contract.ts';
import { ResourceManager } from '../../main/runtime/resource-manager.ts';
import { ModelManager } from '../../main/runtime/model-manager.ts';
import { ThreadingManager } from '../../main/runtime/threading-manager.ts';
import type { CompletionEvent } from '../../main/runtime/envelope.ts';
import type { Stage } from '../../main/processor/stage.ts';
import type { ReferenceMosaic } from './reference-fast-isp.ts';

/** Runs one mosaic through the same lane, workers and strips as the live path and returns its picture. */
export async function runStage(
  stage: Stage,
  mosaic: ReferenceMosaic,
  values: ParameterValues,
  workers = 2,
): Promise<{ picture: Uint8Array; width: number; height: number; event: CompletionEvent }> {
  const threading = await ThreadingManager.start(workers);
  const resources = new ResourceManager();
  try {
    const models = new ModelManager(threading.workers);
    const { width, height, sensor } = mosaic;
    const input = resources.createPool('mosaic', width * height * 2, 1);
    const output = resources.createPool('picture', width * height * 4, 1);
    threading.workers.attachPool(input);
    threading.workers.attachPool(output);
    const model = await models.load({ stage, width, height, sensor, values, provider: 'cpu' });
    const [mosaicLease, pictureLease] = [resources.lease(input.poolId, 'test'), resources.lease(output.poolId, 'test')];
    if (!mosaicLease || !pictureLease) throw new Error('Expected free slots in new pools');
    mosaicLease.samples(width * height).set(mosaic.samples);
    const completion = new Promise<CompletionEvent>((resolve) => threading.completed.subscribe(resolve));
    const parameters = { parameterVersion: 1, inputs: stage.inputs(values, sensor) };
    const slots = { input: mosaicLease.handle, output: pictureLease.handle };
    const identity = { frameId: 1, lane: 'realtime', stage: stage.declaration.id, modelHash: model.hash } as const;
    threading.submit({ ...identity, ...slots, ...parameters, queuedNs: process.hrtime.bigint() }, model.plan.strips.strips.length);
    const event = await completion;
    const picture = pictureLease.bytes(model.plan.outputWidth * model.plan.outputHeight * 4).slice();
    return { picture, width: model.plan.outputWidth, height: model.plan.outputHeight, event };
  } finally {
    await threading.close();
  }
}
