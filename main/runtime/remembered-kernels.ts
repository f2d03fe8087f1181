import type { Kernel } from '../kernel/kernel.ts';
import type { CompileKernel } from './model-source.ts';

/** Kernels that are remembered: those of the settings that somebody switches to and fro. */
const mostRemembered = 4;

/**
 * The same compiler, which remembers what it has made last by the content of the graph: compiling takes 50 to 250 ms of the thread that frames pass
 * through, and a stage is loaded again for every stream and every development.
 */
export function rememberKernels(compile: CompileKernel): CompileKernel {
  const kernels = new Map<string, Kernel>();
  return (graph, planes, content) => {
    const kernel = kernels.get(content) ?? compile(graph, planes, content);
    kernels.delete(content);
    kernels.set(content, kernel);
    const [oldest] = kernels.keys();
    if (kernels.size > mostRemembered && oldest !== undefined) kernels.delete(oldest);
    return kernel;
  };
}
