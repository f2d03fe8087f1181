import { type FunctionWriter, typeCodes, unsigned } from './function-writer.ts';

/** Bytes of one page of memory. */
export const pageBytes = 65536;

/** Where the module finds its memory: `new WebAssembly.Instance(module, { [module]: { [name]: memory } })`. */
export const memoryImport = { module: 'kernel', name: 'memory' } as const;

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

/**
 * A module of functions without results over one imported memory, in the binary format of the WebAssembly core specification 2.0.
 * Functions are numbered in their order; the one named `exported` is all that can be called from outside.
 */
export function writeModule(
  functions: readonly FunctionWriter[],
  exported: { readonly name: string; readonly index: number },
  memoryBytes: number,
): Uint8Array<ArrayBuffer> {
  const pages = Math.ceil(memoryBytes / pageBytes);
  const types = functions.map(({ parameters }) => [0x60, ...list(parameters.map((type) => [typeCodes[type]])), 0]);
  const memory = [...text(memoryImport.module), ...text(memoryImport.name), 0x02, 0x00, ...unsigned(pages)];
  const bytes = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list([[...text(exported.name), 0x00, ...unsigned(exported.index)]])),
    ...section(10, list(functions.map((written) => written.bytes()))),
  ];
  return Uint8Array.from(bytes);
}
