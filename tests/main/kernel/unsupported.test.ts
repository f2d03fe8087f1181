import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../../main/graph/graph.ts';
import { compileKernel } from '../../../main/kernel/compile-kernel.ts';
import { KernelError } from '../../../main/kernel/kernel.ts';
import {
  FreeGraphBuilder,
  type MosaicSize,
  type Operation,
  packed,
  paddedMosaic,
  pictureGraph,
  pictureOf,
} from '../../support/kernel-pictures.ts';

const size = { rows: 18, columns: 46, margin: 4 };
const [rows, columns] = [13, 27];

/** The error that compiling ends with; fails where there is none. */
function refusalOf(graph: Graph, planes = ['mosaic']): KernelError {
  try {
    compileKernel(graph, planes);
  } catch (error) {
    if (error instanceof KernelError) return error;
    throw error;
  }
  throw new Error('Expected a KernelError but the graph was compiled');
}

function planesOf(g: FreeGraphBuilder, x: Value, count: number): Value {
  return g.slice(x, [{ axis: 1, start: 0, end: count }]);
}

/** One row and column more on every side. */
function allEdges(g: FreeGraphBuilder): Value {
  return g.constant('int64', BigInt64Array.from([0, 0, 1, 1, 0, 0, 1, 1], BigInt), [8]);
}

/** Places in a list of three; `scatter` is what is made of them. */
function listed(scatter: (g: FreeGraphBuilder, nothing: Value, places: Value, counts: Value) => Value): Operation {
  return (g, x) => {
    const places = g.input('places', 'int64', [3], 'Places');
    const counts = g.input('counts', 'float32', [3], 'Whether each counts');
    const nothing = g.expand(g.constant('float32', [0], [1]), [4 * rows * columns]);
    return g.multiply(x, g.reshape(scatter(g, nothing, places, counts), [1, 4, rows, columns]));
  };
}

const operations: Record<string, readonly [operation: Operation, message: string]> = {
  'an operator that it does not know': [(g, x) => g.exponential(x), 'an operator that kernels have for node Exp_'],
  'means of every second sample': [(g, x) => g.averagePool(x, [2, 2], [2, 2]), 'windows at every sample for node AveragePool_'],
  'extremes of every second sample': [(g, x) => g.maximumPool(x, [1, 2], [1, 2]), 'but received one every 1x2'],
  'a convolution of every second sample': [
    (g, x) => g.convolve(x, g.constant('float32', Array(16).fill(1), [4, 4, 1, 1]), [2, 2]),
    'windows at every sample for node Conv_',
  ],
  'a convolution with weights that are inputs': [
    (g, x) => g.convolve(x, g.input('weights', 'float32', [4, 4, 1, 1], 'Weights'), [1, 1]),
    'a constant as input 1 for node Conv_',
  ],
  'a convolution with a padded edge': [
    (g, x) => {
      const attributes = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
      return g.free('Conv', [x, g.constant('float32', Array(144).fill(1), [4, 4, 3, 3])], attributes, x);
    },
    'windows without padding for node Conv_',
  ],
  'extremes of samples further apart': [
    (g, x) => {
      const shape = [1, 4, rows - 2, columns - 2];
      const attributes = { kernel_shape: [2, 2], dilations: [2, 2] };
      return g.padEdge(g.free('MaxPool', [x], attributes, { type: 'float32', shape }), allEdges(g), [1, 4, rows, columns]);
    },
    'windows without padding for node MaxPool_',
  ],
  'equal truth values': [
    (g, x) => {
      const [bright, dark] = [g.greater(x, g.scalar(0.5)), g.less(x, g.scalar(0.2))];
      return g.cast(g.free('Equal', [bright, dark], {}, bright), 'float32');
    },
    'operands of float32 for node Equal_',
  ],
  'truth values that are inputs': [
    (g, x) => {
      const bright = g.greater(x, g.scalar(0.5));
      return g.cast(g.free('And', [bright, g.input('switch', 'bool', [1], 'On')], {}, bright), 'float32');
    },
    'operands of bool for node And_',
  ],
  'one limit': [(g, x) => g.free('Clip', [x, g.scalar(0)], {}, x), 'both limits for node Clip_'],
  'a convolution in groups': [
    (g, x) => g.convolve(x, g.constant('float32', Array(36).fill(1), [4, 1, 3, 3]), [1, 1], 4),
    'a convolution of one group without bias for node Conv_',
  ],
  'a convolution of what is no plane': [
    (g, x) => {
      const turned = g.transpose(x, [0, 1, 3, 2]);
      return g.transpose(g.convolve(turned, g.constant('float32', Array(16).fill(1), [4, 4, 1, 1]), [1, 1]), [0, 1, 3, 2]);
    },
    'planes of rows and columns for node Conv_',
  ],
  'rows that do not stay whole': [
    (g, x) => g.reshape(x, [1, 4, 9, (rows * columns) / 9]),
    'a shape that keeps rows and columns whole for node Reshape_',
  ],
  'a mean along rows': [(g, x) => g.multiply(x, g.reduceMean(x, [2])), 'a reduction of planes for node ReduceMean_'],
  'planes joined along columns': [(g, x) => g.concatenate([x, x], 3), 'planes to join for node Concat_'],
  'numbers joined to planes': [
    (g, x) => g.concatenate([planesOf(g, x, 3), g.input('numbers', 'float32', [1, 1, rows, columns], 'Numbers')], 1),
    'tensors that lie alike for node Concat_',
  ],
  'a number for every pixel': [
    (g, x) => g.multiply(x, g.input('numbers', 'float32', [1, 1, rows, columns], 'Numbers')),
    'operands that lie alike along axis 2 for node Mul_',
  ],
  'a condition that is the same for all pixels': [
    (g, x) => g.where(g.greater(g.input('level', 'float32', [], 'Level'), g.scalar(0.5)), x, g.negative(x)),
    'a condition of truth values for node Where_',
  ],
  'rows from one on that is known late': [
    (g, x) => g.rowsFrom(x, g.input('first', 'int64', [1], 'First row'), 8, 2),
    'a constant as input 1 for node Slice_',
  ],
  'a matrix on the right': [
    (g, x) => {
      const samples = g.transpose(g.reshape(x, [4, rows * columns]), [1, 0]);
      const mixed = g.matrixMultiply(samples, g.constant('float32', Array(16).fill(0.25), [4, 4]));
      return g.reshape(g.transpose(mixed, [1, 0]), [1, 4, rows, columns]);
    },
    'a matrix by samples for node MatMul_',
  ],
  'a matrix by rows': [
    (g, x) => g.matrixMultiply(g.constant('float32', Array(rows * rows).fill(0.1), [rows, rows]), x),
    'planes as the rows of the right matrix for node MatMul_',
  ],
  'rows by columns of one plane for all': [
    (g, x) => {
      const perRow = g.input('perRow', 'float32', [4, rows, 3], 'By row');
      const gains = g.matrixMultiply(perRow, g.input('perColumn', 'float32', [1, 3, columns], 'By column'));
      return g.multiply(x, g.reshape(gains, [1, 4, rows, columns]));
    },
    'as many planes by row as by column for node MatMul_',
  ],
  'samples as whole numbers': [
    (g, x) => g.cast(g.cast(g.multiply(x, g.scalar(255)), 'uint8'), 'float32'),
    'a conversion to float32 for node Cast_',
  ],
  'a raster that is padded again': [
    (g, x) => g.padReflect(x, g.constant('int64', new BigInt64Array(8), [8]), x.shape),
    'the mosaic to be mirrored for node Pad_',
  ],
  'listed places that replace what lies there': [
    listed((g, nothing, places, counts) => g.scatter(nothing, places, counts, 0)),
    'a list of places that add up for node ScatterElements_',
  ],
  'places that are constant': [
    listed((g, nothing, _, counts) => g.scatterAdd(nothing, g.constant('int64', new BigInt64Array(3), [3]), counts, 0)),
    'a list of places on a constant plane of zeros for node ScatterElements_',
  ],
  'places on a plane of other numbers': [
    listed((g, _, places, counts) =>
      g.scatterAdd(g.expand(g.constant('float32', [0.5], [1]), [4 * rows * columns]), places, counts, 0),
    ),
    'a list of places on a constant plane of zeros for node ScatterElements_',
  ],
};

describe('a kernel refuses, by the name of the node,', () => {
  for (const [name, [operation, message]] of Object.entries(operations)) {
    it(name, () => {
      const error = refusalOf(pictureGraph(size, (g, x) => g.multiply(operation(g, x), g.scalar(1))));
      expect(error.message).toContain(message);
      expect(error.message).toMatch(/^Expected .* for node \w+_\d+ of a kernel but received ./);
      expect(error.code).toBe('kernel.unsupported');
    });
  }

  it('a node by the part of the graph that it is in', () => {
    const error = refusalOf(
      pictureGraph(size, (g, x) => {
        g.beginSection('sharpen');
        return g.exponential(x);
      }),
    );
    expect(error.message).toMatch(
      /^Expected an operator that kernels have for node sharpen\/Exp_\d+ of a kernel but received Exp$/,
    );
  });

  it('more numbers than it reads one by one', () => {
    const wide = { rows: 80, columns: 120, margin: 4 };
    const graph = pictureGraph(wide, (g, x) => g.multiply(x, g.input('numbers', 'float32', x.shape, 'Numbers')));
    expect(refusalOf(graph).message).toMatch(/at most 4096 elements in numbers for node Mul_\d+ .* but received 11264$/);
  });
});

/** A graph of which everything is written by hand. */
function graphOf(write: (g: FreeGraphBuilder) => void): Graph {
  const g = new FreeGraphBuilder('trial');
  write(g);
  return g.build();
}

const mosaicOf = (g: FreeGraphBuilder, own: MosaicSize = size): Value => packed(g, paddedMosaic(g, own));

describe('a kernel refuses a mosaic', () => {
  it('with a margin or a height of half a cell', () => {
    const whole = 'whole cells of the mosaic for node Pad_';
    for (const own of [
      { ...size, margin: 3 },
      { ...size, margin: 1 },
    ]) {
      const message = refusalOf(pictureGraph(own, (_, x) => x)).message;
      expect(message).toContain(whole);
      expect(message).toContain(`with a margin of ${own.margin}`);
    }
    const uneven = graphOf((g) => {
      const mosaic = g.input('mosaic', 'uint16', [1, 1, 'rows', 46], 'DN');
      const padded = g.padReflect(g.cast(mosaic, 'float32'), g.input('pads', 'int64', [8], 'Pads'), [1, 1, 25, 54]);
      g.output('picture', pictureOf(g, g.concatenate([padded, padded, padded, padded], 1)), 'RGBA');
    });
    expect(refusalOf(uneven).message).toContain('but received 54x25 with a margin of 4');
  });

  it('that is repeated at its edges instead of mirrored', () => {
    const graph = graphOf((g) => {
      const mosaic = g.input('mosaic', 'uint16', [1, 1, 'rows', 46], 'DN');
      const pads = g.input('pads', 'int64', [8], 'Pads');
      g.output('picture', pictureOf(g, packed(g, g.padEdge(g.cast(mosaic, 'float32'), pads, [1, 1, 26, 54]))), 'RGBA');
    });
    expect(refusalOf(graph).message).toMatch(/the mosaic to be mirrored for node Pad_\d+ /);
  });

  it('that is read without a margin', () => {
    const graph = graphOf((g) => {
      const mosaic = g.input('mosaic', 'uint16', [1, 1, 18, 46], 'DN');
      g.output('picture', pictureOf(g, packed(g, g.cast(mosaic, 'float32'))), 'RGBA');
    });
    expect(refusalOf(graph).message).toMatch(/a tensor that is the same for all pixels for node Slice_\d+ /);
  });

  it('of other samples than unsigned ones of 16 bits', () => {
    const graph = graphOf((g) => {
      const mosaic = g.input('mosaic', 'float32', [1, 1, 'rows', 46], 'Light');
      const pads = g.input('pads', 'int64', [8], 'Pads');
      g.output('picture', pictureOf(g, packed(g, g.padReflect(mosaic, pads, [1, 1, 26, 54]))), 'RGBA');
    });
    expect(refusalOf(graph).message).toBe('Expected samples of uint16 for node mosaic of a kernel but received float32');
  });

  it('beside another, or none', () => {
    const graph = graphOf((g) => {
      const other = g.input('other', 'uint16', [1, 1, 'rows', 46], 'DN');
      const own = mosaicOf(g);
      const pads = g.input('more pads', 'int64', [8], 'Pads');
      const second = packed(g, g.padReflect(g.cast(other, 'float32'), pads, [1, 1, 26, 54]));
      g.output('picture', pictureOf(g, g.add(own, second)), 'RGBA');
    });
    expect(refusalOf(graph, ['mosaic', 'other']).message).toMatch(/^Expected one mosaic for node trial .* but received 2$/);
    const none = pictureGraph(size, (g, x) =>
      g.multiply(g.expand(g.constant('float32', [0.5], [1, 1, 1, 1]), x.shape as number[]), g.scalar(0.5)),
    );
    expect(refusalOf(none)).toBeInstanceOf(KernelError);
  });
});

describe('a kernel refuses a picture', () => {
  const pixels = 'rows of pixels of bytes or of 16 bits for node picture';

  it('with rows and columns swapped', () => {
    const graph = graphOf((g) => g.output('picture', g.transpose(pictureOf(g, mosaicOf(g)), [1, 0, 2]), 'RGBA'));
    expect(refusalOf(graph).message).toBe(
      'Expected a picture that is not turned by a quarter for node picture of a kernel but received uint8 of column 27 x row 13 x plane 4',
    );
  });

  it('of planes one after the other', () => {
    const graph = graphOf((g) => {
      const x = mosaicOf(g);
      g.output(
        'picture',
        g.quantizeToUint8(x, g.constant('float32', Array(4).fill(1), [4]), g.constant('uint8', new Uint8Array(4), [4]), 1),
        'Planes',
      );
    });
    expect(refusalOf(graph).message).toContain(`${pixels} of a kernel but received uint8 of plane 4 x row 13 x column 27`);
  });

  it('of floats, or of three channels', () => {
    const floats = graphOf((g) => g.output('picture', g.transpose(mosaicOf(g), [0, 2, 3, 1]), 'Floats'));
    expect(refusalOf(floats).message).toContain(`${pixels} of a kernel but received float32 of row`);
    const three = graphOf((g) => {
      const x = planesOf(g, mosaicOf(g), 3);
      const bytes = g.quantizeToUint8(
        x,
        g.constant('float32', Array(3).fill(1), [3]),
        g.constant('uint8', new Uint8Array(3), [3]),
        1,
      );
      g.output('picture', g.transpose(bytes, [0, 2, 3, 1]), 'RGB');
    });
    expect(refusalOf(three).message).toContain('uint8 of row 13 x column 27 x plane 3');
  });

  it('of fewer columns than are made together, or of one row', () => {
    const narrow = pictureGraph({ rows: 18, columns: 6, margin: 0 }, (_, x) => x);
    expect(refusalOf(narrow).message).toContain(`${pixels} of a kernel but received uint8 of row 9 x column 3 x plane 4`);
    expect(refusalOf(pictureGraph({ rows: 2, columns: 20, margin: 0 }, (_, x) => x)).message).toContain(pixels);
  });

  it('beside another one of another size', () => {
    const graph = graphOf((g) => {
      const x = mosaicOf(g);
      g.output('picture', pictureOf(g, x), 'RGBA');
      g.output('other', pictureOf(g, g.slice(x, [{ axis: 2, start: 1, end: 13 }])), 'RGBA');
    });
    expect(refusalOf(graph).message).toBe(
      'Expected 27x13 cells, as picture has for node other of a kernel but received 27x12 cells',
    );
  });

  it('that is computed with once more', () => {
    const graph = graphOf((g) => {
      const picture = pictureOf(g, mosaicOf(g));
      g.output('picture', g.maximum(picture, g.constant('uint8', Uint8Array.of(3), [1])), 'RGBA');
    });
    expect(refusalOf(graph).message).toMatch(/^Expected operands of float32 for node picture of a kernel but received uint8$/);
  });
});
