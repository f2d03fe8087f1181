import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError, messageOf } from '../../base/errors.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { defineProcessor } from '../define-processor.ts';
import { loadTime, runtime } from '../parameters.ts';
import { type CubeTable, parseCube } from './cube-file.ts';
import { mix } from './video-planes.ts';

/** A look-up table of a `.cube` file, between whose entries colours are interpolated linearly; without a file nothing changes. */
export const lutProcessor = defineProcessor({
  id: 'lut',
  name: 'LUT',
  description: 'Applies a look-up table of a .cube file, one- or three-dimensional',
  version: '1.0.0',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['postprocessor'],
  params: {
    lut_strength: runtime(z.number().min(0).max(1).default(1), {
      order: 1,
      label: 'Strength',
      category: 'LUT',
      help: "Share of the table's colours in the result",
    }),
    lut_path: loadTime(z.string().default(''), {
      order: 2,
      label: 'File',
      category: 'LUT',
      help: 'Path of a .cube file; without one the picture stays as it is',
      component: 'file',
      fileTypes: ['cube'],
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  halo: () => 0,
  graph: (g, { video, lut_strength }, { lut_path }) => {
    const table = lut_path === '' ? identityTable : parseCube(readCube(lut_path), lut_path);
    const minimum = perChannel(g, table.domainMinimum);
    const spans = table.domainMaximum.map((high, channel) => high - (table.domainMinimum[channel] as number));
    const scale = perChannel(
      g,
      spans.map((span) => (table.size - 1) / span),
    );
    const position = g.clip(g.multiply(g.subtract(video, minimum), scale), g.scalar(0), g.scalar(table.size - 1));
    const looked = table.dimensions === 1 ? lookUp1(g, table, position) : lookUp3(g, table, position);
    return { video: mix(g, video, looked, lut_strength) };
  },
});

/** Three numbers, as one where they are the same: a scalar is much faster than a last axis of three. */
function perChannel(g: GraphBuilder, values: readonly number[]): Value {
  const [first = 0] = values;
  return values.every((value) => value === first) ? g.scalar(first) : g.constant('float32', [...values], [3]);
}

const identityTable: CubeTable = {
  dimensions: 3,
  size: 2,
  domainMinimum: [0, 0, 0],
  domainMaximum: [1, 1, 1],
  entries: Array.from({ length: 8 }, (_, index) => [index & 1, (index >> 1) & 1, index >> 2]).flat(),
};

function readCube(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(
      'lut.unreadable',
      `Expected a readable .cube file but received ${path}: ${messageOf(cause)}`,
      undefined,
      cause,
    );
  }
}

/** The cell below a position, and how far beyond it the position is. */
function cellOf(g: GraphBuilder, position: Value, size: number): { cell: Value; share: Value } {
  const cell = g.minimum(g.floor(position), g.scalar(size - 2));
  return { cell, share: g.subtract(position, cell) };
}

/** Each channel through its own curve: the table as one list, curve after curve. */
function lookUp1(g: GraphBuilder, { size, entries }: CubeTable, position: Value): Value {
  const curves = [0, 1, 2].flatMap((channel) => entries.filter((_, index) => index % 3 === channel));
  const table = g.constant('float32', curves, [3 * size]);
  const { cell, share } = cellOf(g, position, size);
  const at = g.add(cell, g.constant('float32', [0, size, 2 * size], [3]));
  const entry = (step: number): Value => g.gather(table, g.cast(g.add(at, g.scalar(step)), 'int32'), 0);
  return mix(g, entry(0), entry(1), share);
}

/** Trilinear: four pairs of entries along red, two along green, one along blue. */
function lookUp3(g: GraphBuilder, { size, entries }: CubeTable, position: Value): Value {
  const table = g.constant('float32', [...entries], [size ** 3, 3]);
  const { cell, share } = cellOf(g, position, size);
  const [, rows, columns] = position.shape as readonly number[] as [number, number, number];
  const steps = g.constant('float32', [1, size, size * size], [3, 1]);
  const corner = g.reshape(g.matrixMultiply(cell, steps), [1, rows, columns]);
  const entry = (step: number): Value => g.gather(table, g.cast(g.add(corner, g.scalar(step)), 'int32'), 0);
  // One channel's share over all three, as a product: see overRgb of video-planes.
  const along = (channel: number): Value => {
    const selecting = Array.from({ length: 9 }, (_, index) => (Math.floor(index / 3) === channel ? 1 : 0));
    return g.matrixMultiply(share, g.constant('float32', selecting, [3, 3]));
  };
  const [red, green, blue] = [along(0), along(1), along(2)];
  const redPair = (step: number): Value => mix(g, entry(step), entry(step + 1), red);
  const greenPair = (step: number): Value => mix(g, redPair(step), redPair(step + size), green);
  return mix(g, greenPair(0), greenPair(size * size), blue);
}
