/** What a call computes, lane by lane, from its arguments. Comparisons make masks, `toFloat` makes 1 or 0 of one. */
export type Operation =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'minimum'
  | 'maximum'
  | 'negate'
  | 'absolute'
  | 'squareRoot'
  | 'round'
  | 'floor'
  | 'greater'
  | 'less'
  | 'equal'
  | 'both'
  | 'either'
  | 'toFloat';

/** Where a sample lies from the one that is made: rows and columns further on. */
export interface Shift {
  readonly rows: number;
  readonly columns: number;
}

/** One value of every pixel. Equal expressions of one {@link ExpressionPool} are the same object. */
export type Expression = { readonly id: number } & (
  | { readonly kind: 'constant'; readonly value: number }
  /** One element of an input that is the same for all pixels of a strip. */
  | { readonly kind: 'uniform'; readonly input: string; readonly element: number }
  | { readonly kind: 'sample'; readonly field: Field; readonly plane: number; readonly shift: Shift }
  | { readonly kind: 'call'; readonly operation: Operation; readonly operands: readonly Expression[] }
  /** `yes` where the mask is set; computed only where it is for one of the pixels that are made together. */
  | { readonly kind: 'choice'; readonly mask: Expression; readonly yes: Expression; readonly no: Expression }
);

/** Planes of samples over one raster of `rows` x `columns`, which expressions read by plane and shift. */
export type Field = {
  readonly id: number;
  /** The graph's name for it, for messages. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
} & (ComputedField | MosaicField | MaskField | ProductField);

/** The mirrored mosaic of a strip as its four positions; samples are unsigned 16-bit numbers. */
export interface MosaicField {
  readonly kind: 'mosaic';
  readonly planeCount: 4;
  /** Mirrored samples on each side of a row. */
  readonly margin: number;
  /** Name of the input that says how many rows are mirrored. */
  readonly pads: string;
}

/** Planes that are computed from others, each by one expression. */
export interface ComputedField {
  readonly kind: 'computed';
  readonly planes: readonly Expression[];
  /** It is worth a line buffer although it could be computed anew wherever it is read. */
  readonly isShared: boolean;
}

/** Planes with a mask of some samples, which an input lists. */
export interface MaskField {
  readonly kind: 'mask';
  readonly planeCount: number;
  /** Names of inputs: places in the planes one after the other (int64), and whether each counts (float, not 0). */
  readonly places: string;
  readonly counts: string;
}

/** Products of two inputs: of [planes, rows, points] by row and [planes, points, columns] by column. */
export interface ProductField {
  readonly kind: 'product';
  readonly planeCount: number;
  readonly points: number;
  readonly perRow: string;
  readonly perColumn: string;
}

/** What an expression is made of directly. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.operands;
    case 'choice':
      return [expression.mask, expression.yes, expression.no];
    default:
      return [];
  }
}
