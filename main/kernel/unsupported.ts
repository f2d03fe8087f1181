import { KernelError } from './kernel.ts';

/** The error of a node that no kernel can do, with what it expected and received. */
export function unsupported(node: string, expected: string, received: string): KernelError {
  return new KernelError(`Expected ${expected} for node ${node} of a kernel but received ${received}`);
}
