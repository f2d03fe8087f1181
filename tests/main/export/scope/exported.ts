import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { processorScopeSource } from '../../../../main/export/scope/processor-source.ts';
import { scopePackage } from '../../../../main/export/scope/scope-package.ts';
import type { ScopeSource } from '../../../../main/export/scope/scope-source.ts';
import { writePackage } from '../../../../main/export/scope/write-package.ts';
import type { FrameSize } from '../../../../main/export/sized-graph.ts';
import type { ImageProcessor } from '../../../../main/processor/image-processor.ts';
import { inlineHandle } from '../../../../main/processor/processor-handle.ts';
import type { ParameterValues } from '../../../../preload/contract.ts';
import { randomNumbers } from '../../../support/random.ts';
import { absenceOfPython, type ByteFrame, type RegisteredPipeline, ScopePython } from '../../../support/scope-python.ts';

/** Why no exported package can be executed here; printed once, and undefined in CI. */
export const pythonAbsence = await absenceOfPython();
if (pythonAbsence !== undefined) console.warn(`Exported packages are not executed: ${pythonAbsence}`);

/** Says in the name of a suite why it is skipped. */
export const withoutPython = pythonAbsence === undefined ? '' : ` (not run: ${pythonAbsence})`;

/** Python with a folder for exported packages; both end with the test file. */
export interface ExportBench {
  readonly python: ScopePython;
  /** A path in the folder. */
  path(name: string): string;
  /** Writes and registers a package, which has one pipeline. */
  load(source: ScopeSource): Promise<RegisteredPipeline>;
}

/** Sets Python up for the test file that calls it. */
export function exportBench(): ExportBench {
  let folder = '';
  let host: ScopePython | undefined;
  let loaded = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camera-lab-scope-'));
    if (pythonAbsence === undefined) host = await ScopePython.start();
  });
  afterAll(async () => {
    await host?.close();
    await rm(folder, { recursive: true });
  });
  const path = (name: string): string => join(folder, name);
  return {
    get python() {
      if (!host) throw new Error('Expected Python to have been started');
      return host;
    },
    path,
    async load(source) {
      loaded += 1;
      const target = path(`${source.id}-${loaded}`);
      await writePackage(scopePackage(source), target);
      const { pipelines } = await this.python.load(target);
      if (pipelines.length !== 1) throw new Error(`Expected one pipeline but received ${pipelines.length}`);
      return pipelines[0] as RegisteredPipeline;
    },
  };
}

/** A processor of the lab's own thread as it is exported. */
export function sourceOf(
  processor: ImageProcessor,
  values: ParameterValues = {},
  sizes: readonly FrameSize[] = [],
): Promise<ScopeSource> {
  return processorScopeSource({ handle: inlineHandle(processor), params: processor.params }, { values, sizes });
}

/** Frames of random bytes, smooth enough for edges and areas to differ: each 2x2 block has one colour. */
export function byteFrames(count: number, rows: number, columns: number): ByteFrame[] {
  const next = randomNumbers(rows * 1000 + columns);
  return Array.from({ length: count }, () => {
    const blocks = Array.from({ length: Math.ceil(rows / 2) * Math.ceil(columns / 2) * 3 }, () => Math.floor(next() * 256));
    const data = Uint8Array.from({ length: rows * columns * 3 }, (_, index) => {
      const [row, column] = [Math.floor(index / 3 / columns), Math.floor(index / 3) % columns];
      const block = (row >> 1) * Math.ceil(columns / 2) + (column >> 1);
      return blocks[block * 3 + (index % 3)] as number;
    });
    return { data, rows, columns };
  });
}

/** The largest difference between bytes; NaN where there are not as many. */
export function largestByteError(made: Uint8Array, expected: Uint8Array): number {
  if (made.length !== expected.length) return Number.NaN;
  return made.reduce((most, value, index) => Math.max(most, Math.abs(value - (expected[index] as number))), 0);
}
