import { LabError, messageOf } from '../../base/errors.ts';

/** Where a command writes: results on stdout, everything else on stderr. */
export interface CommandOutput {
  readonly result: (text: string) => void;
  readonly note: (text: string) => void;
}

/** The process's own streams. */
export const processOutput: CommandOutput = {
  result: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
};

/** A listing as text: JSON when asked for, else a table with a column for every key that a row has. An empty listing is `emptyText`. */
export function listingText<T extends object>(
  rows: readonly T[],
  options: { readonly json?: boolean | undefined; readonly emptyText: string },
): string {
  if (options.json) return JSON.stringify(rows, null, 2);
  if (rows.length === 0) return options.emptyText;
  const keys = columnsOf(rows) as (keyof T & string)[];
  const cells = rows.map((row) => keys.map((key) => String(row[key] ?? '')));
  const widths = keys.map((key, column) => Math.max(key.length, ...cells.map((line) => (line[column] as string).length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) => text.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd();
  return [line(keys), ...cells.map(line)].join('\n');
}

/** A key that only later rows have stands behind the one that it follows there. */
function columnsOf(rows: readonly object[]): string[] {
  const columns: string[] = [];
  for (const row of rows) {
    for (const [index, key] of Object.keys(row).entries()) {
      if (columns.includes(key)) continue;
      const before = Object.keys(row)[index - 1];
      columns.splice(before === undefined ? 0 : columns.indexOf(before) + 1, 0, key);
    }
  }
  return columns;
}

/** One line for a person: the sentence, then what to do. */
export function describeFailure(thrown: unknown): string {
  const action = thrown instanceof LabError && thrown.action ? ` ${ended(thrown.action)}` : '';
  return `${ended(messageOf(thrown).replaceAll('\n', ' ').trim())}${action}`;
}

/** The sentence with one full stop, or the mark that it has already. */
export function ended(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The exit code for anything that a command threw: 2 for input the user can mend, else 1. */
export function exitCodeOf(thrown: unknown): 1 | 2 {
  return thrown instanceof LabError ? thrown.exitCode : 1;
}
