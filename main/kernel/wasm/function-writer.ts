/** Types of WebAssembly values that the lab's kernels use. */
export type ValueType = 'i32' | 'f32' | 'v128';

/** Their binary codes (WebAssembly core specification 2.0, 5.3). */
export const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** A local variable of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** Instructions without immediates, by the names of the specification. */
const plain = {
  end: [0x0b],
  else: [0x05],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.mul': [0x6c],
  'i32.and': [0x71],
  'i32.eq': [0x46],
  'i32.lt_s': [0x48],
  'i32.lt_u': [0x49],
  'f32.ne': [0x5c],
  select: [0x1b],
  'f32x4.splat': [0xfd, 0x13],
  'v128.and': [0xfd, 0x4e],
  'v128.or': [0xfd, 0x50],
  'v128.bitselect': [0xfd, 0x52],
  'v128.any_true': [0xfd, 0x53],
  'f32x4.eq': [0xfd, 0x41],
  'f32x4.lt': [0xfd, 0x43],
  'f32x4.gt': [0xfd, 0x44],
  'f32x4.floor': [0xfd, 0x68],
  'f32x4.nearest': [0xfd, 0x6a],
  'f32x4.abs': [0xfd, 0xe0, 0x01],
  'f32x4.neg': [0xfd, 0xe1, 0x01],
  'f32x4.sqrt': [0xfd, 0xe3, 0x01],
  'f32x4.add': [0xfd, 0xe4, 0x01],
  'f32x4.sub': [0xfd, 0xe5, 0x01],
  'f32x4.mul': [0xfd, 0xe6, 0x01],
  'f32x4.div': [0xfd, 0xe7, 0x01],
  'f32x4.pmin': [0xfd, 0xea, 0x01],
  'f32x4.pmax': [0xfd, 0xeb, 0x01],
  'f32x4.relaxed_madd': [0xfd, 0x85, 0x02],
  'f32x4.relaxed_nmadd': [0xfd, 0x86, 0x02],
  'f32x4.convert_i32x4_s': [0xfd, 0xfa, 0x01],
  'i32x4.shr_u': [0xfd, 0xad, 0x01],
  'i32.shl': [0x74],
  'i32x4.sub': [0xfd, 0xb1, 0x01],
  'i16x8.narrow_i32x4_s': [0xfd, 0x85, 0x01],
  'i16x8.narrow_i32x4_u': [0xfd, 0x86, 0x01],
  'i8x16.narrow_i16x8_u': [0xfd, 0x66],
  'i16x8.extend_low_i8x16_s': [0xfd, 0x87, 0x01],
  'i32x4.extend_low_i16x8_s': [0xfd, 0xa7, 0x01],
} as const satisfies Record<string, readonly number[]>;

/** The name of an instruction without immediates. */
export type PlainInstruction = keyof typeof plain;

/** Instructions that read or write memory: code, and the exponent of the alignment that is promised. */
const memory = {
  'f32.load': [[0x2a], 2],
  'v128.load': [[0xfd, 0x00], 0],
  'v128.load32_splat': [[0xfd, 0x09], 2],
  'v128.load32_zero': [[0xfd, 0x5c], 0],
  'v128.store': [[0xfd, 0x0b], 0],
} as const;

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    const isLast = (rest >> 6 === 0 && (low & 0x40) === 0) || (rest >> 6 === -1 && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

function float(value: number): readonly number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Writes the body of one function, instruction by instruction, in the order of the stack machine. Checks nothing: the engine does. */
export class FunctionWriter {
  readonly #parameters: readonly ValueType[];
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];

  constructor(parameters: readonly ValueType[]) {
    this.#parameters = parameters;
  }

  /** A parameter by its position. */
  parameter(index: number): Local {
    return { index, type: this.#parameters[index] as ValueType };
  }

  /** A new local variable, 0 at first. */
  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.#parameters.length + this.#locals.length - 1, type };
  }

  do(...instructions: readonly PlainInstruction[]): this {
    for (const instruction of instructions) this.#code.push(...plain[instruction]);
    return this;
  }

  get(local: Local): this {
    return this.#put(0x20, ...unsigned(local.index));
  }

  set(local: Local): this {
    return this.#put(0x21, ...unsigned(local.index));
  }

  /** Sets the local and leaves the value on the stack. */
  tee(local: Local): this {
    return this.#put(0x22, ...unsigned(local.index));
  }

  integer(value: number): this {
    return this.#put(0x41, ...signed(value));
  }

  /** The same float in all four lanes. */
  splat(value: number): this {
    const bytes = float(value);
    return this.#put(0xfd, 0x0c, ...bytes, ...bytes, ...bytes, ...bytes);
  }

  /** The same integer in all four lanes. */
  splatInteger(value: number): this {
    const bytes = [...new Uint8Array(Int32Array.of(value).buffer)];
    return this.#put(0xfd, 0x0c, ...bytes, ...bytes, ...bytes, ...bytes);
  }

  zero(): this {
    return this.#put(0x43, 0, 0, 0, 0);
  }

  /** Reads or writes at the address on the stack plus `offset` bytes. */
  access(instruction: keyof typeof memory, offset: number): this {
    const [code, alignment] = memory[instruction];
    return this.#put(...code, alignment, ...unsigned(offset));
  }

  /** Bytes of the two vectors on the stack, by index: 0 to 15 of the first, 16 to 31 of the second. */
  shuffle(lanes: readonly number[]): this {
    return this.#put(0xfd, 0x0d, ...lanes);
  }

  call(functionIndex: number): this {
    return this.#put(0x10, ...unsigned(functionIndex));
  }

  /** Runs `body` once, or again whenever it branches to depth 0. */
  loop(body: () => void): this {
    return this.#block([0x03, 0x40], body);
  }

  /** Runs `body` where the integer on the stack is not 0. */
  when(body: () => void): this {
    return this.#block([0x04, 0x40], body);
  }

  /** The vector that `yes` leaves where the integer on the stack is not 0, else the one that `no` leaves. */
  choose(yes: () => void, no: () => void): this {
    return this.#block([0x04, typeCodes.v128], () => {
      yes();
      this.do('else');
      no();
    });
  }

  /** To the block `depth` levels further out where the integer on the stack is not 0. */
  branchWhen(depth: number): this {
    return this.#put(0x0d, ...unsigned(depth));
  }

  /** The function as the code section holds it. */
  bytes(): readonly number[] {
    const declarations = this.#locals.flatMap((type) => [1, typeCodes[type]]);
    const body = [...unsigned(this.#locals.length), ...declarations, ...this.#code, ...plain.end];
    return [...unsigned(body.length), ...body];
  }

  get parameters(): readonly ValueType[] {
    return this.#parameters;
  }

  #block(begin: readonly number[], body: () => void): this {
    this.#put(...begin);
    body();
    return this.do('end');
  }

  #put(...bytes: readonly number[]): this {
    this.#code.push(...bytes);
    return this;
  }
}
