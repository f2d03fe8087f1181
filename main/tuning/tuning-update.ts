import { isDeepStrictEqual } from 'node:util';
import type { Tuning } from './tuning-schema.ts';

/** What a measurement adds to a tuning: points of its lists, and fields that are replaced whole. */
export type TuningPart = Partial<Omit<Tuning, 'format' | 'version' | 'camera'>>;

/** What becomes of one field, or of one point of a list. */
export interface TuningChange {
  readonly field: string;
  /** Gain or light of the point; absent for a field without points. */
  readonly at?: string;
  readonly change: 'added' | 'replaced' | 'removed';
  /** What it was and what it is, as JSON without its place; cut off after some sixty characters. */
  readonly before?: string;
  readonly after?: string;
}

interface Point {
  readonly gain?: number;
  readonly cctKelvin?: number;
}

const pointLists = ['blackLevels', 'noise', 'shading', 'colour', 'noiseReduction'] as const;

const mostText = 60;

/**
 * The tuning with what was measured: a point takes the place of the one at its gain or light, and stands in order beside all others;
 * every other field takes the place of the one of its name. What was not measured stays.
 */
export function updatedTuning(tuning: Tuning, measured: TuningPart): Tuning {
  const lists = pointLists.flatMap((field) => {
    const points: readonly Point[] | undefined = measured[field];
    return points ? [[field, mergedPoints(tuning[field] ?? [], points)] as const] : [];
  });
  return { ...tuning, ...measured, ...Object.fromEntries(lists) };
}

/** What differs between two tunings of one camera, in the order of the fields of the later one. */
export function changesBetween(before: Tuning | undefined, after: Tuning): TuningChange[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...Object.keys(now), ...Object.keys(old)])].flatMap((field) => {
    const [from, to] = [pointsOf(field, old[field]), pointsOf(field, now[field])];
    const keys = [...new Set([...to.keys(), ...from.keys()])];
    return keys.flatMap((key): TuningChange[] => {
      const change = changeOf(from.get(key), to.get(key));
      if (!change) return [];
      const texts = { ...textUnder('before', from.get(key)), ...textUnder('after', to.get(key)) };
      return [{ field, ...(key === '' ? {} : { at: key }), change, ...texts }];
    });
  });
}

function changeOf(from: unknown, to: unknown): TuningChange['change'] | undefined {
  if (isDeepStrictEqual(from, to)) return undefined;
  if (from === undefined) return 'added';
  return to === undefined ? 'removed' : 'replaced';
}

function textUnder<K extends 'before' | 'after'>(name: K, value: unknown): { readonly [N in K]?: string } {
  if (value === undefined) return {};
  const { gain: _gain, cctKelvin: _cctKelvin, ...rest } = value as Point;
  const text = JSON.stringify(typeof value === 'object' && !Array.isArray(value) ? rest : value);
  const short = text.length > mostText ? `${text.slice(0, mostText)}…` : text;
  return { [name]: short } as { readonly [N in K]?: string };
}

function fieldsOf(tuning: Tuning | undefined): Readonly<Record<string, unknown>> {
  const { format: _format, version: _version, ...fields } = tuning ?? {};
  return fields;
}

/** The points of a field by their places; a field without points is one at no place. */
function pointsOf(field: string, value: unknown): ReadonlyMap<string, unknown> {
  if (value === undefined) return new Map();
  const isList = (pointLists as readonly string[]).includes(field);
  return new Map(isList ? (value as readonly Point[]).map((point) => [placeOf(point), point]) : [['', value]]);
}

function placeOf({ gain, cctKelvin }: Point): string {
  return gain === undefined ? `${cctKelvin} K` : `gain ${gain}`;
}

function mergedPoints(old: readonly Point[], measured: readonly Point[]): Point[] {
  const places = new Set(measured.map(placeOf));
  const orderOf = ({ gain, cctKelvin }: Point): number => gain ?? (cctKelvin as number);
  return [...old.filter((point) => !places.has(placeOf(point))), ...measured].sort((a, b) => orderOf(a) - orderOf(b));
}
