import { stringify } from 'csv-stringify/sync';
import { ResourceError } from '../../base/errors.ts';
import { openSimulator } from '../../camera/simulator/simulator-camera.ts';
import { fastIsp } from '../../isp/fast-isp.ts';
import { runDemo } from '../../live/demo-run.ts';
import type { CompletionEvent } from '../../runtime/envelope.ts';
import { eventTables } from '../../telemetry/event-tables.ts';
import type { CommandOutput } from './output.ts';

/** Arguments of `lab demo`. */
export interface DemoOptions {
  readonly json?: boolean;
}

/**
 * `lab demo`: a simulated frame through FastISP and FastAlgo on the realtime lane and a score of the burst on the background lane. Prints the
 * telemetry that a session would keep of it.
 */
export async function runDemoCommand({ json }: DemoOptions, output: CommandOutput): Promise<void> {
  await using camera = openSimulator();
  const { events, bufferLife, openLeases } = await runDemo(camera, fastIsp);
  if (openLeases > 0) throw new ResourceError('demo.leases', `Expected no open lease at the end but received ${openLeases}`);
  const { columns } = eventTables.stage_event;
  const header = columns.map(([name]) => name);
  const rows = events.map((event) => columns.map(([, cellOf]) => cellOf(rowOf(event))));
  output.note(`Preview buffer: ${bufferLife.join(', ')}. ${events.length} envelopes completed, no lease is open.`);
  // The line end of the last record is the output's.
  output.result(json ? jsonText(header, rows) : stringify([header, ...rows], { record_delimiter: 'windows' }).trimEnd());
}

function rowOf({ streamId: _, ...event }: CompletionEvent): Omit<CompletionEvent, 'streamId'> {
  return event;
}

/** Columns whose cells are JSON themselves. */
const nestedColumns = ['error', 'statistics'];

/** Instants as text: they exceed what JSON's readers keep of a number. */
function jsonText(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const parsed = (name: string, cell: unknown): unknown =>
    nestedColumns.includes(name) && typeof cell === 'string' ? JSON.parse(cell) : (cell ?? null);
  const objects = rows.map((row) => Object.fromEntries(header.map((name, index) => [name, parsed(name, row[index])])));
  return JSON.stringify(objects, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2);
}
