import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { quantile } from '../../main/base/statistics.ts';
import packageJson from '../../package.json' with { type: 'json' };

/** What one case's process prints on stdout: its samples, warm-up dropped, and what else it counted. */
export interface CaseOutput {
  readonly samplesMillis: readonly number[];
  readonly counts?: Readonly<Record<string, number>>;
  /** What was measured with, for peers: name and version. */
  readonly with?: string;
}

/** What made a result. */
export interface Provenance {
  readonly machine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: string;
}

/** One line of a benchmark's result. Times in milliseconds. */
export interface BenchResult extends Provenance {
  readonly name: string;
  readonly n: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly counts?: Readonly<Record<string, number>>;
}

/** Describes the samples of a case, together with the machine, the versions and the commit that made them. */
export function summarise(name: string, output: CaseOutput): BenchResult {
  const { samplesMillis, counts } = output;
  const rounded = (q: number): number => Number(quantile(samplesMillis, q).toFixed(3));
  return {
    name,
    n: samplesMillis.length,
    medianMs: rounded(0.5),
    p95Ms: rounded(0.95),
    p99Ms: rounded(0.99),
    ...(counts ? { counts } : {}),
    ...provenanceOf(output.with),
  };
}

/** This machine, the versions and the commit; `peer` is the name and version of what else a figure was made with. */
export function provenanceOf(peer?: string): Provenance {
  return { machine: machineText(), versions: versions(peer), commit: commitText() };
}

function machineText(): string {
  const [first] = cpus();
  return `${cpus().length} x ${first?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
}

function versions(peer: string | undefined): Record<string, string> {
  const own = {
    node: process.versions.node,
    'onnxruntime-node': packageJson.dependencies['onnxruntime-node'],
    'camera-lab': packageJson.version,
  };
  return peer === undefined ? own : { ...own, peer };
}

function commitText(): string {
  try {
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const changed = execFileSync('git', ['status', '--porcelain'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return changed ? `${commit} with changes` : commit;
  } catch {
    return 'unknown';
  }
}

/** The results as a table for a person. */
export function tableOf(results: readonly BenchResult[]): string {
  const heading = ['name', 'n', 'median ms', 'p95 ms', 'p99 ms', 'counts'];
  const rows = results.map((result) => [
    result.name,
    String(result.n),
    result.medianMs.toFixed(2),
    result.p95Ms.toFixed(2),
    result.p99Ms.toFixed(2),
    Object.entries(result.counts ?? {})
      .map(([key, value]) => `${key} ${value}`)
      .join(', '),
  ]);
  return alignedText([heading, ...rows]).join('\n');
}

/** Lines of cells, each column as wide as its widest cell; lines have an equal number of them. */
export function alignedText(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
}
