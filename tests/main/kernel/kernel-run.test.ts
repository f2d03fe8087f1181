import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { compileKernel } from '../../../main/kernel/compile-kernel.ts';
import { chunkRows, type Kernel } from '../../../main/kernel/kernel.ts';
import { KernelRun } from '../../../main/kernel/kernel-run.ts';
import { noisySamples, type Operation, onnxPictures, padsOf, pictureGraph } from '../../support/kernel-pictures.ts';

const size = { rows: 18, columns: 46, margin: 4 };
const [rows, columns] = [13, 27];
const pixelBytes = rows * columns * 4;

/** Reads a parameter as it is, one that is made first, and a list of places. */
const operation: Operation = (g, x) => {
  const mix = g.input('mix', 'float32', [4], 'Gains');
  const gamma = g.input('gamma', 'float32', [], 'Exponent');
  const gains = g.reshape(g.power(mix, gamma), [1, 4, 1, 1]);
  const nothing = g.expand(g.constant('float32', [0], [1]), [4 * rows * columns]);
  const places = g.input('places', 'int64', [2], 'Places');
  const mask = g.reshape(g.scatterAdd(nothing, places, g.input('counts', 'float32', [2], 'Counts'), 0), [1, 4, rows, columns]);
  const least = g.input('least', 'float32', [1, 4, 1, 1], 'Least');
  const moved = g.maximum(g.multiply(x, gains), least);
  return g.where(g.greater(mask, g.scalar(0)), g.negative(moved), moved);
};
const graph = pictureGraph(size, operation);
const kernel = compileKernel(graph, ['mosaic']);

/** The feeds of a strip, of which some may be others. */
function feedsWith(other: Record<string, Tensor> = {}): Record<string, Tensor> {
  return {
    mosaic: new Tensor('uint16', noisySamples(size.rows, size.columns), [1, 1, size.rows, size.columns]),
    pads: new Tensor('int64', padsOf(size.margin), [8]),
    mix: new Tensor('float32', Float32Array.of(0.9, 0.5, 0.7, 0.3), [4]),
    gamma: new Tensor('float32', Float32Array.of(2), []),
    least: new Tensor('float32', Float32Array.of(0.02, 0.1, 0.05, 0.2), [1, 4, 1, 1]),
    places: new Tensor('int64', BigInt64Array.of(5n, 300n), [2]),
    counts: new Tensor('float32', Float32Array.of(1, 1), [2]),
    ...other,
  };
}

async function pictureFrom(run: KernelRun, feeds = feedsWith()): Promise<Uint8Array> {
  const pixels = new Uint8Array(pixelBytes);
  await run.run(feeds, { picture: new Tensor('uint8', pixels, [rows, columns, 4]) });
  return pixels;
}

/** Opens a run and frees it afterwards. */
async function withRun<T>(use: (run: KernelRun) => Promise<T>, of: Kernel = kernel): Promise<T> {
  const run = await KernelRun.open(of);
  try {
    return await use(run);
  } finally {
    await run.release();
  }
}

describe('a strip that lacks something', () => {
  for (const name of Object.keys(feedsWith())) {
    it(`is refused without ${name}`, async () => {
      const { [name]: _, ...others } = feedsWith();
      await withRun((run) => expect(pictureFrom(run, others)).rejects.toThrow(`Expected a tensor for ${name} but received none`));
    });
  }

  it('is refused without a place for its picture', () =>
    withRun((run) => expect(run.run(feedsWith(), {})).rejects.toThrow('Expected a tensor for picture but received none')));

  it('is refused with a parameter of another size', async () => {
    const least = new Tensor('float32', Float32Array.of(0.1, 0.2, 0.3), [1, 3, 1, 1]);
    await withRun((run) =>
      expect(pictureFrom(run, feedsWith({ least }))).rejects.toThrow('Expected 4 elements of least but received 3'),
    );
  });

  it('is refused with fewer rows of the mosaic than it shows', async () => {
    const mosaic = new Tensor('uint16', noisySamples(4, size.columns), [1, 1, 4, size.columns]);
    await withRun((run) =>
      expect(pictureFrom(run, feedsWith({ mosaic }))).rejects.toThrow(/^Expected a row of 4 but received -?\d+$/),
    );
  });

  it('does not spoil the one after it', () =>
    withRun(async (run) => {
      const before = await pictureFrom(run);
      const { gamma: _, ...others } = feedsWith();
      await expect(pictureFrom(run, others)).rejects.toThrow('gamma');
      const short = new Tensor('uint16', noisySamples(4, size.columns), [1, 1, 4, size.columns]);
      await expect(pictureFrom(run, feedsWith({ mosaic: short }))).rejects.toThrow('Expected a row');
      expect(Buffer.compare(await pictureFrom(run), before)).toBe(0);
    }));
});

describe('a kernel', () => {
  it('makes strips that know nothing of each other', () =>
    withRun(async (run) => {
      const before = await pictureFrom(run);
      const dark = new Tensor('uint16', new Uint16Array(size.rows * size.columns), [1, 1, size.rows, size.columns]);
      const more = new Tensor('int64', BigInt64Array.of(0n, BigInt(4 * rows * columns - 1)), [2]);
      const other = await pictureFrom(run, feedsWith({ mosaic: dark, places: more }));
      expect(Buffer.compare(other, before)).not.toBe(0);
      expect(Buffer.compare(await pictureFrom(run), before)).toBe(0);
    }));

  it('makes parameters anew for every strip', () =>
    withRun(async (run) => {
      for (const exponent of [1, 2, 0.5]) {
        const gamma = Float32Array.of(exponent);
        const own = await pictureFrom(run, feedsWith({ gamma: new Tensor('float32', gamma, []) }));
        const data = Object.fromEntries(Object.entries(feedsWith()).map(([name, tensor]) => [name, tensor.data as Float32Array]));
        const [expected] = await onnxPictures(graph, [{ ...data, gamma }]);
        const worst = own.reduce(
          (most, value, index) => Math.max(most, Math.abs(value - ((expected as Uint8Array)[index] as number))),
          0,
        );
        // A sample that lies between two steps.
        expect(worst).toBeLessThanOrEqual(1);
      }
    }));

  it('runs twice at once on memories of their own', async () => {
    const [one, other] = [await KernelRun.open(kernel), await KernelRun.open(kernel)];
    const alone = await pictureFrom(one);
    const dark = new Tensor('uint16', new Uint16Array(size.rows * size.columns), [1, 1, size.rows, size.columns]);
    const [again] = await Promise.all([pictureFrom(one), pictureFrom(other, feedsWith({ mosaic: dark }))]);
    expect(Buffer.compare(again, alone)).toBe(0);
    await Promise.all([one.release(), other.release()]);
  });

  it('is plain data that another thread can take', async () => {
    const clone = structuredClone(kernel);
    expect(clone).toEqual(kernel);
    const [own, cloned] = [await withRun(pictureFrom), await withRun(pictureFrom, clone)];
    expect(Buffer.compare(own, cloned)).toBe(0);
  });

  it('names what it reads and writes', () => {
    expect(kernel.mosaic).toMatchObject({ input: 'mosaic', pads: 'pads', margin: 4, columns: 54, rows: 13 });
    expect(kernel.outputs).toMatchObject([{ name: 'picture', rows, rowBytes: 4 * columns, isReversed: false }]);
    expect(kernel.tables.map(({ elements }) => elements)).toEqual([4, 4]);
    expect(kernel.masks.map(({ places, counts }) => [places, counts])).toEqual([['places', 'counts']]);
    expect([...(kernel.uniforms?.inputs ?? [])].sort()).toEqual(['gamma', 'mix']);
    expect(-kernel.firstRow % chunkRows).toBe(0);
    expect(kernel.firstRow).toBeLessThanOrEqual(0);
  });

  it('has no profile and ends nothing', () => withRun(async (run) => expect(run.endProfiling()).toBeUndefined()));
});
