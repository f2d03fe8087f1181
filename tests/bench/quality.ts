import { alignedText, type Provenance } from './measurement.ts';

/** What a figure has to be. */
export interface Target {
  readonly bound: 'at least' | 'at most' | 'below';
  /** In the figure's unit. */
  readonly value: number;
}

/** Somebody else's figure on the same task. */
export interface PeerFigure {
  readonly name: string;
  /** In the unit of the figure that it stands beside. */
  readonly value: number;
  /** Read in print and not measured in this run; the name says on what. */
  readonly isPublished?: true;
}

/** One figure of quality, as a case's process prints it. */
export interface QualityFigure {
  readonly name: string;
  /** What was done to what, so that somebody else can do it again; rows of one protocol are shown together. */
  readonly protocol: string;
  /** `null`, as which JSON writes what is not finite, reaches no target. */
  readonly value: number | null;
  readonly unit: string;
  /** Pictures, patches or frames behind the figure. */
  readonly n: number;
  readonly target?: Target;
  readonly peers?: readonly PeerFigure[];
  /** The figure's parts, such as that of each picture, in its unit. */
  readonly details?: Readonly<Record<string, number>>;
}

/** What one case's process prints on stdout. */
export interface QualityOutput {
  readonly figures: readonly QualityFigure[];
  /** What could not be measured, and why, one sentence each. */
  readonly absent?: readonly string[];
  /** The peer that was measured with: name and version. */
  readonly with?: string;
}

/** A figure beside its target; `isReached` is absent where there is none. */
export interface QualityRow extends QualityFigure, Provenance {
  readonly isReached?: boolean;
}

/** Whether a figure is what its target asks for. */
export function isReached(value: number | null, { bound, value: limit }: Target): boolean {
  if (value === null || !Number.isFinite(value)) return false;
  if (bound === 'at least') return value >= limit;
  return bound === 'at most' ? value <= limit : value < limit;
}

/** Compares every figure with its target. */
export function judge(figures: readonly QualityFigure[], provenance: Provenance): QualityRow[] {
  return figures.map((figure) => ({
    ...figure,
    ...(figure.target ? { isReached: isReached(figure.value, figure.target) } : {}),
    ...provenance,
  }));
}

/** The rows as a table for a person, under the protocol that they share; what is absent follows. */
export function qualityText(rows: readonly QualityRow[], absent: readonly string[]): string {
  const cells = alignedText([['figure', 'n', 'value', 'target', '', 'peers'], ...rows.map(cellsOf)]);
  const [heading, ...lines] = cells;
  const table = rows.flatMap(({ protocol }, index) => [
    ...(protocol === rows[index - 1]?.protocol ? [] : ['', protocol]),
    lines[index] as string,
  ]);
  const targets = rows.filter((row) => row.isReached !== undefined);
  const missed = targets.filter((row) => !row.isReached).length;
  const sum = `${targets.length} targets, ${missed} missed`;
  return [heading, ...table, '', ...absent.map((reason) => `Absent: ${reason}`), sum].join('\n');
}

function cellsOf({ name, n, value, unit, target, isReached: reached, peers = [] }: QualityRow): string[] {
  const verdict = reached === undefined ? '' : reached ? 'reached' : 'MISSED';
  const peerTexts = peers.map((peer) => `${peer.name} ${shown(peer.value)}${peer.isPublished ? ' (published)' : ''}`);
  const wanted = target ? `${target.bound} ${shown(target.value)}` : '';
  return [`  ${name}`, String(n), `${shown(value)} ${unit}`.trim(), wanted, verdict, peerTexts.join(', ')];
}

/** To four digits. */
function shown(value: number | null): string {
  return value === null ? 'none' : String(Number(value.toPrecision(4)));
}
