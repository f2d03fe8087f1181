import { ResourceError } from '../../main/base/errors.ts';
import {
  type MemoryCapability,
  type PlatformAllocator,
  type PlatformMemory,
  sharedMemory,
} from '../../main/runtime/platform-allocator.ts';

/** An allocator of real memory that knows what it was asked for and fails when a test says so. */
export class MockAllocator implements PlatformAllocator {
  readonly name: string;
  readonly capabilities: readonly MemoryCapability[];
  /** Byte counts in the order in which they were asked for, those that failed included. */
  readonly asked: number[] = [];
  /** Allocations that succeed before all others fail. */
  failsAfter = Number.POSITIVE_INFINITY;
  /** What {@link obstacle} answers. */
  missing: string | undefined;
  #open = 0;

  constructor(name = 'mock', capabilities: readonly MemoryCapability[] = ['threads']) {
    this.name = name;
    this.capabilities = capabilities;
  }

  /** Allocations that nobody has closed. */
  get open(): number {
    return this.#open;
  }

  obstacle(): string | undefined {
    return this.missing;
  }

  allocate(byteLength: number): PlatformMemory {
    this.asked.push(byteLength);
    if (this.asked.length > this.failsAfter) {
      throw new ResourceError('runtime.out-of-memory', `Expected ${byteLength} bytes of ${this.name} memory but there are none`);
    }
    const memory = sharedMemory(new SharedArrayBuffer(byteLength));
    this.#open += 1;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.#open -= 1;
      isOpen = false;
      memory.close();
    };
    const shared = this.capabilities.includes('threads') ? memory.shared : undefined;
    return { ...memory, shared, close, [Symbol.dispose]: close };
  }
}
