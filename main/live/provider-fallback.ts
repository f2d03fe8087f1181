import type { ExecutionProvider } from '../runtime/lane-protocol.ts';
import type { LoadedModel } from '../runtime/model-manager.ts';

/** One sentence: ONNX Runtime runs the stage on the CPU in place of the provider that was asked for, and why. */
export function fallbackText(asked: ExecutionProvider, reason: string): string {
  return asked === 'kernel'
    ? `ONNX Runtime runs this stage on the CPU, because row kernels cannot: ${reason}`
    : `The CPU runs this stage, because ${asked} is not available here: ${reason}`;
}

/**
 * What the setting says once a model is loaded: what runs it, so that a device which is not there is not asked for at every start. Row kernels
 * stay chosen: what they cannot make is a graph, and the next one they may.
 */
export function providerToKeep(asked: ExecutionProvider, { provider }: Pick<LoadedModel, 'provider'>): ExecutionProvider {
  return asked === 'kernel' ? asked : provider;
}
