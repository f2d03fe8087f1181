import { engine } from '../../main/kernel/wasm/engine.ts';
import type { FunctionWriter } from '../../main/kernel/wasm/function-writer.ts';
import { memoryImport, writeModule } from '../../main/kernel/wasm/module-writer.ts';

/** What a function finds: the bytes at the beginning of its memory, which has one page, and functions that it may call, numbered from 0. */
interface Surroundings {
  readonly bytes?: readonly number[];
  readonly others?: readonly FunctionWriter[];
}

/** Runs a function once on this machine's engine, which checks it first; its memory afterwards. Rejects with the engine's error. */
export async function runWasm(
  written: FunctionWriter,
  parameters: readonly number[],
  { bytes = [], others = [] }: Surroundings = {},
): Promise<{ readonly memory: Uint8Array; readonly floats: Float32Array }> {
  const module = writeModule([...others, written], { name: 'run', index: others.length }, 1);
  const memory = new engine.Memory({ initial: 1 });
  new Uint8Array(memory.buffer).set(bytes);
  const { instance } = await engine.instantiate(module, { [memoryImport.module]: { [memoryImport.name]: memory } });
  (instance.exports['run'] as (...values: readonly number[]) => void)(...parameters);
  return { memory: new Uint8Array(memory.buffer), floats: new Float32Array(memory.buffer) };
}
