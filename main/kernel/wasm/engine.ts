/** A module's memory. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of the JavaScript engine's WebAssembly interface that kernels use; types of pages are not at hand here. */
interface Engine {
  /** Whether this engine takes a module. */
  validate(module: Uint8Array<ArrayBuffer>): boolean;
  readonly Memory: new (size: { readonly initial: number }) => KernelMemory;
  instantiate(
    module: Uint8Array<ArrayBuffer>,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

/** Compiles modules for this machine. */
export const engine: Engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
