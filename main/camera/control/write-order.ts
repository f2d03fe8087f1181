import type { ControlDescription, ControlReport, ControlValue } from '../../../preload/contract.ts';
import { sameValue } from '../control-value.ts';

/** What {@link writeInOrder} needs of whoever plans and writes. */
export interface OrderedWriter {
  /** The device's list as it is now: a write may change flags, ranges and other values. */
  readonly controls: () => readonly ControlDescription[];
  /** Writes a set in one request; rejects where the device refuses it. */
  readonly write: (values: ReadonlyMap<string, ControlValue>) => Promise<readonly ControlReport[]>;
}

/** What came of an ordered write: controls that could not be written now, because they are inactive or locked, are in neither. */
export interface OrderedResult {
  readonly reports: readonly ControlReport[];
  readonly refused: ReadonlyMap<string, unknown>;
}

/**
 * Writes many controls in the order that the device itself asks for: those that can be written, then those that this made
 * writable, for example automatic exposure off before the exposure time, until nothing is left that can. A value that a
 * later write of the same call has overturned is written once more. One refused control does not cost the others theirs.
 */
export async function writeInOrder(wanted: ReadonlyMap<string, ControlValue>, writer: OrderedWriter): Promise<OrderedResult> {
  const reports = new Map<string, ControlReport>();
  const refused = new Map<string, unknown>();
  const left = new Map(wanted);
  for (let ready = takeReady(left, writer); ready.size > 0; ready = takeReady(left, writer)) {
    await writeWhatGoes(ready, writer, reports, refused);
  }
  const overturned = [...reports.values()].filter(({ id, applied }) => {
    const control = writer.controls().find((candidate) => candidate.id === id);
    return control !== undefined && isWritable(control) && !control.volatile && !sameValue(control.value, applied);
  });
  const again = new Map(overturned.map(({ id, requested }) => [id, requested]));
  if (again.size > 0) await writeWhatGoes(again, writer, reports, refused);
  return { reports: [...reports.values()], refused };
}

/** True for controls that take a value now. */
export function isWritable({ readOnly, inactive, grabbed }: ControlDescription): boolean {
  return !readOnly && !inactive && !grabbed;
}

/** Takes out of `left` what can be written now, in the device's order. */
function takeReady(left: Map<string, ControlValue>, { controls }: OrderedWriter): ReadonlyMap<string, ControlValue> {
  const ready = new Map<string, ControlValue>();
  for (const control of controls()) {
    const value = left.get(control.id);
    if (value === undefined || !isWritable(control)) continue;
    ready.set(control.id, value);
    left.delete(control.id);
  }
  return ready;
}

/** Writes a set in one request, or one by one where it is refused as a whole. */
async function writeWhatGoes(
  values: ReadonlyMap<string, ControlValue>,
  { write }: OrderedWriter,
  reports: Map<string, ControlReport>,
  refused: Map<string, unknown>,
): Promise<void> {
  try {
    for (const report of await write(values)) reports.set(report.id, report);
  } catch (thrown) {
    if (values.size === 1) {
      for (const id of values.keys()) refused.set(id, thrown);
      return;
    }
    for (const entry of values) await writeWhatGoes(new Map([entry]), { write, controls: () => [] }, reports, refused);
  }
}
