import { useMemo } from 'react';
import type { ControlDescription } from '../../../preload/contract.ts';
import type { Setting } from '../../controls/setting-row.tsx';
import { SettingRow } from '../../controls/setting-row.tsx';
import { useLab, useLabState } from '../panel-context.ts';
import { controlGroups, settingOfControl } from './control-setting.ts';

/** The open device's own settings, as the device describes them. */
export function ControlsPanel() {
  const controls = useLabState((state) => state.controls);
  const groups = useMemo(() => controlGroups(controls), [controls]);
  if (controls.length === 0) return <p className="panel-empty">The open source has no controls of its own.</p>;
  return (
    <div className="panel-scroll">
      {groups.map(({ group, controls: members }) => (
        <section key={group} className="group" aria-label={group}>
          <h3 className="group-title">{group}</h3>
          {members.map((control) => (
            <ControlRow key={control.id} control={control} />
          ))}
        </section>
      ))}
    </div>
  );
}

function ControlRow({ control }: { control: ControlDescription }) {
  const { controls } = useLab();
  const edited = useLabState((state) => state.controlEdits[control.id]);
  const setting: Setting = settingOfControl(control, edited ?? control.value);
  const change = (value: string | number | boolean) => controls.set(control.id, Number(value));
  return <SettingRow setting={setting} listener={{ change, commit: () => undefined }} />;
}
