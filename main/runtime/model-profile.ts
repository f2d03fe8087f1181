import { assert, ResourceError } from '../base/errors.ts';

/** What one node of a model, or all of an operator, takes of a frame. */
export interface ProfileRow {
  /** The node as it is after ONNX Runtime's optimisation; for operators their name. */
  readonly name: string;
  readonly operator: string;
  /** Runs per frame: one per strip for a node. */
  readonly runsPerFrame: number;
  readonly microsPerFrame: number;
  /** Part of what all nodes take, 0 to 1. */
  readonly share: number;
}

/** Where the time of a model goes: means per frame, on one thread. The dearest rows come first. */
export interface ModelProfile {
  readonly hash: string;
  readonly provider: string;
  readonly frames: number;
  readonly strips: number;
  /** The middle of the frames' times with everything that is no node, such as the way into ONNX Runtime. */
  readonly medianFrameMicros: number;
  readonly nodes: readonly ProfileRow[];
  readonly operators: readonly ProfileRow[];
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds since the session began. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

interface Sum {
  readonly name: string;
  readonly operator: string;
  runs: number;
  micros: number;
}

const kernelSuffix = '_kernel_time';

/**
 * Sums the kernel times of ONNX Runtime's traces (Chrome's trace-event format) by node and by operator, one trace for each session of a
 * model. `warmUpRuns` runs at the beginning of each are left out, `frames` the rest is divided by. Throws ResourceError for what is no such trace.
 */
export function rowsOfTraces(
  traces: readonly string[],
  { frames, warmUpRuns }: { readonly frames: number; readonly warmUpRuns: number },
): Pick<ModelProfile, 'nodes' | 'operators'> {
  assert(frames > 0, `Expected at least one frame but received ${frames}`);
  const nodes = new Map<string, Sum>();
  const operators = new Map<string, Sum>();
  for (const { name, dur, args } of traces.flatMap((trace) => nodeEvents(trace, warmUpRuns))) {
    const operator = args?.op_name ?? 'unknown';
    add(nodes, name.slice(0, -kernelSuffix.length), operator, dur);
    add(operators, operator, operator, dur);
  }
  return { nodes: rowsOf(nodes, frames), operators: rowsOf(operators, frames) };
}

/** What nodes took after the warm-up. */
function nodeEvents(trace: string, warmUpRuns: number): readonly TraceEvent[] {
  const events = eventsOf(trace);
  const runs = events.filter(({ name }) => name === 'model_run').map(({ ts }) => ts);
  const beginMicros = runs.sort((a, b) => a - b)[warmUpRuns] ?? Number.POSITIVE_INFINITY;
  return events.filter(({ cat, ts, name }) => cat === 'Node' && ts >= beginMicros && name.endsWith(kernelSuffix));
}

function eventsOf(trace: string): readonly TraceEvent[] {
  try {
    return JSON.parse(trace) as TraceEvent[];
  } catch (cause) {
    throw new ResourceError('model.no-trace', 'Expected a trace of ONNX Runtime but received something else', undefined, cause);
  }
}

function add(sums: Map<string, Sum>, name: string, operator: string, micros: number): void {
  const sum = sums.get(name) ?? { name, operator, runs: 0, micros: 0 };
  sum.runs += 1;
  sum.micros += micros;
  sums.set(name, sum);
}

function rowsOf(sums: ReadonlyMap<string, Sum>, frames: number): ProfileRow[] {
  const total = [...sums.values()].reduce((all, { micros }) => all + micros, 0);
  const rows = [...sums.values()].map(({ name, operator, runs, micros }) => ({
    name,
    operator,
    runsPerFrame: runs / frames,
    microsPerFrame: micros / frames,
    share: total === 0 ? 0 : micros / total,
  }));
  return rows.sort((a, b) => b.microsPerFrame - a.microsPerFrame);
}
