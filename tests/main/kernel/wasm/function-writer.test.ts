import { describe, expect, it } from 'vitest';
import { FunctionWriter, type PlainInstruction, signed, unsigned } from '../../../../main/kernel/wasm/function-writer.ts';
import { runWasm } from '../../../support/run-wasm.ts';

const borders = [0, 1, 63, 64, 127, 128, 8191, 8192, 16383, 16384, 2 ** 31 - 1];
const negativeBorders = [-1, -64, -65, -128, -8192, -8193, -(2 ** 31)];

/** What LEB128 bytes stand for, by its definition: seven bits each, the last without its eighth, signed by the seventh of it. */
function decoded(bytes: readonly number[], isSigned: boolean): number {
  expect(bytes.map((byte) => byte >= 128)).toEqual(bytes.map((_, index) => index < bytes.length - 1));
  const value = bytes.reduce((sum, byte, index) => sum + (byte % 128) * 128 ** index, 0);
  const isNegative = isSigned && ((bytes.at(-1) as number) & 0x40) !== 0;
  return isNegative ? value - 128 ** bytes.length : value;
}

/** A vector's bytes as floats, and the other way round. */
const floats = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);
const integers = (bytes: Uint8Array): Int32Array => new Int32Array(bytes.slice().buffer);
const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** What instructions leave of vectors, which lie one after the other from address 0 on. */
async function vectorOf(operands: readonly ArrayBufferView[], write: (writer: FunctionWriter) => void): Promise<Uint8Array> {
  const writer = new FunctionWriter([]);
  writer.integer(0);
  for (const index of operands.keys()) writer.integer(16 * index).access('v128.load', 0);
  write(writer);
  writer.access('v128.store', 256);
  const { memory } = await runWasm(writer, [], { bytes: operands.flatMap((operand) => [...bytesOf(operand)]) });
  return memory.subarray(256, 272);
}

/** Whether the integer that `condition` leaves on the stack is another one than 0. */
async function isSet(parameters: readonly number[], condition: (writer: FunctionWriter) => void): Promise<boolean> {
  const writer = new FunctionWriter(parameters.map(() => 'i32'));
  condition(writer);
  writer.when(() => writer.integer(0).splat(1).access('v128.store', 0));
  return (await runWasm(writer, parameters)).floats[0] === 1;
}

describe('code that does not fit together', () => {
  it('is refused by the engine', async () => {
    await expect(runWasm(new FunctionWriter([]).integer(1), [])).rejects.toThrow(/validation|compile|expected/i);
    await expect(runWasm(new FunctionWriter([]).do('f32x4.add'), [])).rejects.toThrow(/stack|compile|not enough/i);
    const writer = new FunctionWriter(['i32']);
    writer
      .get(writer.parameter(0))
      .do('v128.any_true')
      .when(() => {});
    await expect(runWasm(writer, [1])).rejects.toThrow(/type/i);
  });

  it('traps where it reads beyond its memory', async () => {
    const writer = new FunctionWriter([]);
    writer.integer(0).integer(65536).access('v128.load', 0).access('v128.store', 0);
    await expect(runWasm(writer, [])).rejects.toThrow('out of bounds');
  });
});

describe('integers in LEB128', () => {
  it('are their own again at all borders, in as few bytes as there can be', () => {
    for (const value of [...borders, 2 ** 32 - 1]) {
      expect(decoded(unsigned(value), false)).toBe(value);
      expect(unsigned(value).length).toBe(Math.max(1, Math.ceil(Math.log2(value + 1) / 7)));
    }
    for (const value of [...borders, ...negativeBorders]) {
      expect(decoded(signed(value), true)).toBe(value);
      const bits = 1 + Math.ceil(Math.log2(value < 0 ? -value : value + 1));
      expect(signed(value).length).toBe(Math.max(1, Math.ceil(bits / 7)));
    }
    expect([signed(-1), signed(63), signed(64), signed(-64), signed(-65)]).toEqual([[127], [63], [192, 0], [64], [191, 127]]);
  });

  it('are what the engine reads', async () => {
    for (const value of [...borders, ...negativeBorders]) {
      const equals = (writer: FunctionWriter): unknown => writer.get(writer.parameter(0)).integer(value).do('i32.eq');
      expect(await isSet([value], equals)).toBe(true);
      expect(await isSet([value ^ 64], equals)).toBe(false);
    }
  });
});

describe('integer instructions', () => {
  const cases: readonly [PlainInstruction, (a: number, b: number) => number][] = [
    ['i32.add', (a, b) => (a + b) | 0],
    ['i32.sub', (a, b) => (a - b) | 0],
    ['i32.mul', Math.imul],
    ['i32.and', (a, b) => a & b],
    ['i32.shl', (a, b) => a << b],
    ['i32.eq', (a, b) => Number(a === b)],
    ['i32.lt_s', (a, b) => Number(a < b)],
    ['i32.lt_u', (a, b) => Number(a >>> 0 < b >>> 0)],
  ];
  const pairs = [
    [5, 3],
    [-7, 2],
    [2 ** 31 - 1, 1],
    [-1, 1],
    [3, 3],
    [2, 9],
  ] as const;

  for (const [name, expected] of cases) {
    it(`${name} computes what JavaScript does`, async () => {
      for (const [a, b] of pairs) {
        const equals = (writer: FunctionWriter): unknown =>
          writer.get(writer.parameter(0)).get(writer.parameter(1)).do(name).get(writer.parameter(2)).do('i32.eq');
        expect(await isSet([a, b, expected(a, b)], equals), `${a}, ${b}`).toBe(true);
      }
    });
  }

  it('choose between two', async () => {
    const lesser = (writer: FunctionWriter): unknown => {
      const [a, b, both] = [0, 1, 2].map((index) => writer.parameter(index)) as [never, never, never];
      return writer.get(a).get(b).get(a).get(b).do('i32.lt_s', 'select').get(both).do('i32.eq');
    };
    expect([await isSet([-3, 4, -3], lesser), await isSet([4, -3, -3], lesser)]).toEqual([true, true]);
  });
});

const first = Float32Array.of(1.5, -2.5, Number.NaN, -0);
const second = Float32Array.of(0.25, -2.5, 7, Number.POSITIVE_INFINITY);

describe('float instructions', () => {
  /** The pseudo-minimum of the specification: the second only where it is less, so that NaN is told from one side. */
  const pseudoLeast = (a: number, b: number): number => [a, b][Number(b < a)] as number;
  const pseudoMost = (a: number, b: number): number => [a, b][Number(a < b)] as number;
  const binary: readonly [PlainInstruction, (a: number, b: number) => number][] = [
    ['f32x4.add', (a, b) => a + b],
    ['f32x4.sub', (a, b) => a - b],
    ['f32x4.mul', (a, b) => a * b],
    ['f32x4.div', (a, b) => a / b],
    ['f32x4.pmin', pseudoLeast],
    ['f32x4.pmax', pseudoMost],
  ];
  for (const [name, expected] of binary) {
    it(`${name} computes lane by lane, NaN and infinity included`, async () => {
      for (const [a, b] of [
        [first, second],
        [second, first],
      ] as const) {
        const result = floats(await vectorOf([a, b], (writer) => writer.do(name)));
        expect([...result]).toEqual([...a].map((value, lane) => Math.fround(expected(value, b[lane] as number))));
      }
    });
  }

  const halves = Float32Array.of(2.5, -2.5, 3.5, -0.75);
  const unary: readonly [PlainInstruction, readonly number[]][] = [
    ['f32x4.floor', [2, -3, 3, -1]],
    ['f32x4.nearest', [2, -2, 4, -1]],
    ['f32x4.abs', [2.5, 2.5, 3.5, 0.75]],
    ['f32x4.neg', [-2.5, 2.5, -3.5, 0.75]],
    ['f32x4.sqrt', [Math.fround(Math.sqrt(2.5)), Number.NaN, Math.fround(Math.sqrt(3.5)), Number.NaN]],
  ];
  for (const [name, expected] of unary) {
    it(`${name} computes lane by lane`, async () => {
      expect([...floats(await vectorOf([halves], (writer) => writer.do(name)))]).toEqual(expected);
    });
  }

  const comparisons: readonly [PlainInstruction, (a: number, b: number) => boolean][] = [
    ['f32x4.eq', (a, b) => a === b],
    ['f32x4.lt', (a, b) => a < b],
    ['f32x4.gt', (a, b) => a > b],
  ];
  for (const [name, expected] of comparisons) {
    it(`${name} sets all bits of the lanes that it holds for`, async () => {
      for (const [a, b] of [
        [first, second],
        [second, first],
        [first, first],
      ] as const) {
        const result = integers(await vectorOf([a, b], (writer) => writer.do(name)));
        expect([...result]).toEqual([...a].map((value, lane) => (expected(value, b[lane] as number) ? -1 : 0)));
      }
    });
  }

  it('multiply and add in one, rounded once or twice', async () => {
    const [a, b, c] = [Float32Array.of(3, 0.1, -2, 1e-3), Float32Array.of(5, 0.3, 4, 7), Float32Array.of(1, -0.03, 9, 2)];
    for (const [name, sign] of [
      ['f32x4.relaxed_madd', 1],
      ['f32x4.relaxed_nmadd', -1],
    ] as const) {
      const result = [...floats(await vectorOf([a, b, c], (writer) => writer.do(name)))];
      for (const lane of [0, 1, 2, 3]) {
        const [x, y, z] = [a, b, c].map((vector) => vector[lane]) as [number, number, number];
        const [once, twice] = [Math.fround(sign * x * y + z), Math.fround(sign * Math.fround(x * y) + z)];
        expect([once, twice]).toContain(result[lane]);
      }
    }
  });
});

describe('instructions on bits', () => {
  const [a, b, mask] = [Int32Array.of(0x0f0f0f0f, -1, 12, 0), Int32Array.of(0x00ff00ff, 5, 10, 0), Int32Array.of(-1, 0, 6, 0)];

  it('combine vectors', async () => {
    const of = async (write: (writer: FunctionWriter) => void, ...operands: Int32Array[]): Promise<number[]> => [
      ...integers(await vectorOf(operands, write)),
    ];
    expect(await of((writer) => writer.do('v128.and'), a, b)).toEqual([0x000f000f, 5, 8, 0]);
    expect(await of((writer) => writer.do('v128.or'), a, b)).toEqual([0x0fff0fff, -1, 14, 0]);
    expect(await of((writer) => writer.do('v128.bitselect'), a, b, mask)).toEqual([0x0f0f0f0f, 5, (12 & 6) | (10 & ~6), 0]);
    expect(await of((writer) => writer.do('i32x4.sub'), a, b)).toEqual([0x0f0f0f0f - 0x00ff00ff, -6, 2, 0]);
  });

  it('know whether any is set', async () => {
    const any =
      (value: number) =>
      (writer: FunctionWriter): unknown =>
        writer.splatInteger(value).do('v128.any_true');
    expect([await isSet([], any(0)), await isSet([], any(1)), await isSet([], any(-(2 ** 31)))]).toEqual([false, true, true]);
  });

  it('turn integers of one size into another', async () => {
    const words = Int32Array.of(70000, -70000, 255, -3);
    const narrow = await vectorOf([words, Int32Array.of(1, 2, 3, 40000)], (writer) => writer.do('i16x8.narrow_i32x4_s'));
    expect([...new Int16Array(narrow.slice().buffer)]).toEqual([32767, -32768, 255, -3, 1, 2, 3, 32767]);
    const shorts = Int16Array.of(300, -300, 255, -1, 0, 1, 254, 256);
    const bytes = await vectorOf([shorts, shorts], (writer) => writer.do('i8x16.narrow_i16x8_u'));
    expect([...bytes.subarray(0, 8)]).toEqual([255, 0, 255, 0, 0, 1, 254, 255]);
    const marks = Int8Array.from({ length: 16 }, (_, index) => (index < 8 ? -index : 1));
    const wide = await vectorOf([marks], (writer) => writer.do('i16x8.extend_low_i8x16_s', 'i32x4.extend_low_i16x8_s'));
    expect([...integers(wide)]).toEqual([0, -1, -2, -3]);
    const unpacked = await vectorOf([Uint32Array.of(0xffff0001, 1 << 16, 65535, 0)], (writer) =>
      writer.integer(16).do('i32x4.shr_u', 'f32x4.convert_i32x4_s'),
    );
    expect([...floats(unpacked)]).toEqual([65535, 1, 0, 0]);
  });

  it('pick bytes of two vectors by index', async () => {
    const [low, high] = [0, 100].map((base) => Uint8Array.from({ length: 16 }, (_, index) => base + index)) as [
      Uint8Array,
      Uint8Array,
    ];
    const lanes = [31, 0, 16, 15, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22];
    const expected = lanes.map((lane) => (lane < 16 ? low[lane] : high[lane - 16]));
    expect([...(await vectorOf([low, high], (writer) => writer.shuffle(lanes)))]).toEqual(expected);
  });
});

describe('memory', () => {
  it('is read and written at an address plus an offset of any number of bytes', async () => {
    for (const offset of [0, 1, 127, 128, 16383, 16384, 65520]) {
      const writer = new FunctionWriter([]);
      writer
        .integer(0)
        .splat(offset + 0.5)
        .access('v128.store', offset);
      const { memory } = await runWasm(writer, []);
      expect([...floats(memory.subarray(offset, offset + 16))]).toEqual(Array(4).fill(offset + 0.5));
    }
  });

  it('gives single numbers as well', async () => {
    const bytes = [...bytesOf(Float32Array.of(1, -2.25, 3, 4))];
    const read = async (write: (writer: FunctionWriter) => void): Promise<Uint8Array> => {
      const writer = new FunctionWriter([]);
      writer.integer(0).integer(4);
      write(writer);
      writer.access('v128.store', 64);
      return (await runWasm(writer, [], { bytes })).memory.subarray(64, 80);
    };
    expect([...floats(await read((writer) => writer.access('v128.load32_splat', 0)))]).toEqual(Array(4).fill(-2.25));
    expect([...floats(await read((writer) => writer.access('v128.load32_zero', 4)))]).toEqual([3, 0, 0, 0]);
    expect([...floats(await read((writer) => writer.access('f32.load', 8).do('f32x4.splat')))]).toEqual([4, 4, 4, 4]);
  });

  it('says which floats are not 0', async () => {
    const writer = new FunctionWriter([]);
    for (const [index, value] of [0, 0.5, -0, Number.NaN].entries()) {
      writer
        .integer(4 * index)
        .access('f32.load', 0)
        .zero()
        .do('f32.ne');
      writer.when(() =>
        writer
          .integer(0)
          .splat(value)
          .access('v128.store', 64 + 16 * index),
      );
    }
    const { floats: all } = await runWasm(writer, [], { bytes: [...bytesOf(Float32Array.of(0, 0.5, -0, Number.NaN))] });
    expect([0, 1, 2, 3].map((index) => all[16 + 4 * index])).toEqual([0, 0.5, 0, Number.NaN]);
  });
});

describe('blocks', () => {
  it('repeat while they branch to themselves', async () => {
    const writer = new FunctionWriter(['i32']);
    const [count, sum] = [writer.local('i32'), writer.local('v128')];
    writer.loop(() => {
      writer.get(sum).splat(0.5).do('f32x4.add').set(sum);
      writer.get(count).integer(1).do('i32.add').tee(count).get(writer.parameter(0)).do('i32.lt_s').branchWhen(0);
    });
    writer.integer(0).get(sum).access('v128.store', 0);
    expect((await runWasm(writer, [7])).floats[0]).toBe(3.5);
    expect((await runWasm(writer, [0])).floats[0]).toBe(0.5);
  });

  it('branch out of what lies around them', async () => {
    const writer = new FunctionWriter(['i32']);
    const count = writer.local('i32');
    writer.loop(() => {
      writer.get(count).integer(1).do('i32.add').set(count);
      writer.get(writer.parameter(0)).get(count).do('i32.eq');
      // Out of the inner block only: the loop goes on for as long as its own branch says.
      writer.when(() => {
        writer.integer(1).branchWhen(0);
        writer.integer(0).splat(1).access('v128.store', 0);
      });
      writer.get(count).integer(4).do('i32.lt_s');
      writer.when(() => writer.integer(1).branchWhen(1));
    });
    writer.integer(0).get(count).do('i32.mul').splat(1).access('v128.store', 16);
    const { floats: all } = await runWasm(writer, [2]);
    expect([all[0], all[4]]).toEqual([0, 1]);
  });

  it('choose one of two values and run only what makes it', async () => {
    const chosen = async (which: number): Promise<number[]> => {
      const writer = new FunctionWriter(['i32']);
      writer.integer(0).get(writer.parameter(0));
      writer.choose(
        () => writer.integer(0).splat(1).access('v128.store', 32).splat(10),
        () => writer.integer(0).splat(1).access('v128.store', 48).splat(20),
      );
      writer.access('v128.store', 0);
      const { floats: all } = await runWasm(writer, [which]);
      return [0, 8, 12].map((index) => all[index] as number);
    };
    expect(await chosen(1)).toEqual([10, 1, 0]);
    expect(await chosen(0)).toEqual([20, 0, 1]);
  });
});
