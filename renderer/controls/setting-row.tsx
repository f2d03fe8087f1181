import type { ParameterValue } from '../../preload/contract.ts';
import { CurveSetting } from './curve-setting.tsx';
import type { Setting, SettingListener } from './setting.ts';
import { resetSetting } from './setting.ts';
import { SettingControl } from './setting-control.tsx';
import { SettingFrame } from './setting-frame.tsx';

/** Label, control, typed value and reset of one setting in one line. */
export function SettingRow({ setting, listener }: { setting: Setting; listener: SettingListener }) {
  function set(value: ParameterValue) {
    listener.change(value);
    listener.commit('gesture');
  }

  if (setting.control === 'curve') return <CurveSetting setting={setting} listener={listener} set={set} />;
  return (
    <SettingFrame setting={setting} onReset={() => resetSetting(setting, listener)}>
      <SettingControl setting={setting} listener={listener} set={set} />
    </SettingFrame>
  );
}
