import { messageOf, ResourceError } from '../base/errors.ts';

/** Where frame memory comes from. The lab asks for it once per pool, before any frame flows. */
export interface PlatformAllocator {
  readonly name: string;
  /** Zeroed memory that every thread of the process can map. Throws ResourceError when there is not enough. */
  allocate(byteLength: number): SharedArrayBuffer;
}

/** Memory from the JavaScript engine: works everywhere, crosses threads but not processes. */
export const sharedMemoryAllocator: PlatformAllocator = {
  name: 'shared-array-buffer',
  allocate: (byteLength) => {
    try {
      return new SharedArrayBuffer(byteLength);
    } catch (cause) {
      const mebibytes = Math.ceil(byteLength / 2 ** 20);
      throw new ResourceError(
        'runtime.out-of-memory',
        `Expected ${mebibytes} MiB of shared memory but received: ${messageOf(cause)}`,
        'Choose a smaller resolution or close other programs.',
        cause,
      );
    }
  },
};
