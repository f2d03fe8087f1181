import { z } from 'zod';
import { loadTime, type Parameters } from '../processor/parameters.ts';

const shared = { order: 82, label: 'Execution provider', category: 'Load time' } as const;
const onCpu = ['CPU, row kernels', 'CPU, ONNX Runtime'];

/** What runs a live stage: also devices. */
export const executionProvider: Parameters = {
  execution_provider: loadTime(z.enum(['kernel', 'cpu', 'webgpu', 'cuda', 'tensorrt']).default('kernel'), {
    ...shared,
    help: 'What runs the graph: row kernels compiled from it, or ONNX Runtime. What cannot is replaced by ONNX Runtime on the CPU, with the reason shown',
    optionLabels: [...onCpu, 'WebGPU', 'CUDA', 'TensorRT'],
  }),
};

/** What runs a stage of single frames, for which no device is made ready; `usual` where nobody chooses. */
export function cpuProvider(usual: 'kernel' | 'cpu' = 'kernel'): Parameters {
  return {
    execution_provider: loadTime(z.enum(['kernel', 'cpu']).default(usual), {
      ...shared,
      help: 'What runs the graph: row kernels compiled from it, or ONNX Runtime, which takes over, with the reason shown, where they cannot',
      optionLabels: onCpu,
    }),
  };
}
