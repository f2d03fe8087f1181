import type { ControlDescription, ControlReport } from '../../../preload/contract.ts';
import { controlsFolder, defaultDataFolder } from '../../base/data-folder.ts';
import { errorFromRecord } from '../../base/errors.ts';
import { openControls } from '../../camera/catalogue.ts';
import { ControlDesk } from '../../camera/control/control-desk.ts';
import { type ProfileOwner, ProfileStore } from '../../camera/control/profile-store.ts';
import { describeRange } from '../../camera/control-value.ts';
import { controlNamed, controlText, controlValuesFrom } from './control-arguments.ts';
import { type CommandOutput, describeFailure, listingText } from './output.ts';
import { ProfileFaults } from './profile-faults.ts';

/** Arguments of `lab controls`. */
export interface ControlsOptions {
  readonly set: readonly string[];
  /** Names of controls; `true` stands for all of them. */
  readonly reset: readonly (string | true)[];
  readonly json?: boolean;
}

/** Longer values are cut in the listing; JSON has all of them. */
const longestText = 48;

/**
 * `lab controls`: what a device's controls are and hold, after resetting and setting those that are named. All of `--set` is
 * one request to the device. What is set is kept for the device, as in the window; a listing alone writes nothing to it. Rejects
 * with a ResourceError, after the result is printed, where what is kept could not be read or written.
 */
export async function runControls(
  device: string,
  options: ControlsOptions,
  output: CommandOutput,
  open: typeof openControls = openControls,
): Promise<void> {
  await using source = await open(device);
  const profiles = new ProfileStore(controlsFolder(defaultDataFolder()));
  const faults = new ProfileFaults(profiles);
  const desk = new ControlDesk(profiles);
  desk.noticed.subscribe((record) => {
    if (!faults.has(record)) output.note(describeFailure(errorFromRecord(record)));
  });
  await desk.adopt(source);
  try {
    const reports = await change(desk, options);
    print(source, desk.controls(), reports, options, output);
  } finally {
    // Resolves when everything is stored, or a fault says that it is not.
    await desk.detach();
  }
  faults.expectNone(output);
}

async function change(desk: ControlDesk, { set, reset }: ControlsOptions): Promise<readonly ControlReport[]> {
  const controls = desk.controls();
  // All of it is understood before any of it is written.
  const values = controlValuesFrom(controls, set);
  const names = reset.filter((name) => name !== true).map((name) => controlNamed(controls, name).id);
  const isOfAll = reset.includes(true);
  const resets = reset.length === 0 ? [] : await desk.reset(isOfAll ? undefined : names);
  const writes = Object.keys(values).length === 0 ? [] : await desk.set(values);
  return [...resets, ...writes];
}

function print(
  { id, name }: ProfileOwner,
  controls: readonly ControlDescription[],
  reports: readonly ControlReport[],
  { set, reset, json }: ControlsOptions,
  output: CommandOutput,
): void {
  if (json) output.result(JSON.stringify({ device: { id, name }, reports, controls }, null, 2));
  else if (set.length === 0 && reset.length === 0) {
    output.result(listingText(controls.map(rowOf), { emptyText: `${name} has no controls.` }));
  } else output.result(reports.map((report) => reportLine(controls, report)).join('\n') || 'Nothing was written.');
}

function reportLine(controls: readonly ControlDescription[], { id, requested, applied }: ControlReport): string {
  const control = controlNamed(controls, id);
  return `${id}: requested ${controlText(control, requested)}, applied ${controlText(control, applied)}`;
}

function rowOf(control: ControlDescription): object {
  const { group, id, type, value, defaultValue, desired, drifted } = control;
  const isButton = type === 'button';
  return {
    group,
    id,
    type,
    value: isButton ? '' : short(controlText(control, value)),
    default: isButton ? '' : short(controlText(control, defaultValue)),
    accepts: type === 'boolean' ? 'on or off' : isButton ? '1 to press it' : describeRange(control),
    state: statesOf(control).join(', '),
    asked: drifted && desired !== undefined ? short(controlText(control, desired)) : '',
  };
}

function statesOf({ readOnly, inactive, volatile, momentary, grabbed, drifted }: ControlDescription): string[] {
  const states = { 'read-only': readOnly, inactive, volatile, momentary, locked: grabbed, drifted };
  return Object.entries(states).flatMap(([state, applies]) => (applies ? [state] : []));
}

function short(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}
