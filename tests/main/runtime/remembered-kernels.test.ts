import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../main/graph/graph.ts';
import { type Kernel, KernelError } from '../../../main/kernel/kernel.ts';
import { rememberKernels } from '../../../main/runtime/remembered-kernels.ts';

const graph = { name: 'any' } as Graph;

/** A compiler that remembers, and the contents that it had to compile. */
function compiler(): { readonly compiled: string[]; readonly kernelOf: (content: string) => Kernel } {
  const compiled: string[] = [];
  const compile = rememberKernels((_graph, _planes, content) => {
    compiled.push(content);
    if (content === 'refused') throw new KernelError('no');
    return { memoryBytes: compiled.length } as Kernel;
  });
  return { compiled, kernelOf: (content) => compile(graph, ['mosaic'], content) };
}

describe('remembered kernels', () => {
  it('are refused anew: what has failed is not kept', () => {
    const { compiled, kernelOf } = compiler();
    expect(() => kernelOf('refused')).toThrow(KernelError);
    expect(() => kernelOf('refused')).toThrow(KernelError);
    expect(compiled).toEqual(['refused', 'refused']);
  });

  it('are those of the same content', () => {
    const { compiled, kernelOf } = compiler();
    const first = kernelOf('a');
    expect(kernelOf('b')).not.toBe(first);
    expect(kernelOf('a')).toBe(first);
    expect(compiled).toEqual(['a', 'b']);
  });

  it('are the four that were used last', () => {
    const { compiled, kernelOf } = compiler();
    for (const content of ['a', 'b', 'c', 'd', 'a', 'e']) kernelOf(content);
    expect(compiled).toEqual(['a', 'b', 'c', 'd', 'e']);
    kernelOf('a');
    kernelOf('b');
    expect(compiled).toEqual(['a', 'b', 'c', 'd', 'e', 'b']);
  });
});
