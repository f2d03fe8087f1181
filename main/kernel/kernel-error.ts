import { LabError } from '../base/errors.ts';

/** A graph that cannot be compiled to a kernel: the message names the node and what it expected and received. ONNX Runtime may still run it. */
export class KernelError extends LabError {
  readonly code = 'kernel.unsupported';

  constructor(node: string, expected: string, received: string) {
    super(`Expected ${expected} for node ${node} of a kernel but received ${received}`);
  }
}
