import { join } from 'node:path';
import type { ErrorRecord } from '../../../../main/base/errors.ts';
import { ControlDesk } from '../../../../main/camera/control/control-desk.ts';
import { ProfileStore } from '../../../../main/camera/control/profile-store.ts';
import type { ControlDescription } from '../../../../preload/contract.ts';
import { temporaryFolder } from '../../telemetry/telemetry-folder.ts';
import { ScriptedDevice } from './scripted-device.ts';

/** A desk with everything that it announces. */
export interface DeskBench {
  readonly desk: ControlDesk;
  readonly profiles: ProfileStore;
  readonly notices: ErrorRecord[];
  /** Every list announced, in order. */
  readonly lists: ControlDescription[][];
  control(id: string): ControlDescription;
}

/** A desk without a device. */
export function bench(folder = join(temporaryFolder(), 'controls')): DeskBench {
  const profiles = new ProfileStore(folder);
  const desk = new ControlDesk(profiles);
  const notices: ErrorRecord[] = [];
  const lists: ControlDescription[][] = [];
  desk.noticed.subscribe((record) => notices.push(record));
  desk.changed.subscribe((list) => lists.push(list));
  const control = (id: string) => desk.controls().find((one) => one.id === id) as ControlDescription;
  return { desk, profiles, notices, lists, control };
}

/** A bench with an attached device. */
export async function attached(device = new ScriptedDevice(), folder?: string): Promise<DeskBench & { device: ScriptedDevice }> {
  const made = bench(folder);
  await made.desk.attach(device);
  return { ...made, device };
}
