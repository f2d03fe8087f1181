import type { Triple } from '../../base/matrix3.ts';

/** A way to guess the colour of the light from zones. */
export interface WhiteBalanceMethod {
  readonly id: string;
  readonly name: string;
  /** Camera RGB of a grey surface in this light, to any factor; `colours` are those of at least one zone, all positive. */
  estimate(colours: readonly Triple[]): Triple;
}
