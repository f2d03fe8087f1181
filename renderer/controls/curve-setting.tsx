import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { ParameterValue } from '../../preload/contract.ts';
import { CurveEditor } from './curve-editor.tsx';
import { curvePath } from './curve-path.ts';
import type { CurvePoint } from './curve-points.ts';
import { curveText, parseCurve } from './curve-points.ts';
import type { Setting, SettingListener } from './setting.ts';
import { notSet, resetSetting, spokenLabel } from './setting.ts';
import { SettingFrame } from './setting-frame.tsx';
import { TypedEntry } from './typed-entry.tsx';

const identity: readonly CurvePoint[] = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];

/** A curve in one line, small and as text; its small picture unfolds the editor below the line. */
export function CurveSetting(props: { setting: Setting; listener: SettingListener; set: (value: ParameterValue) => void }) {
  const { setting, listener, set } = props;
  const [open, setOpen] = useState(false);
  const editorId = useId();
  const text = String(setting.value ?? '');
  const read = parseCurve(text, setting.label);
  const points = read.ok ? read.value : identity;
  const label = spokenLabel(setting);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <SettingFrame
      setting={setting}
      onReset={() => resetSetting(setting, listener)}
      below={
        open && (
          <div id={editorId} className="curve-editor">
            <CurveEditor
              label={label}
              points={points}
              disabled={setting.disabled}
              onChange={(next) => listener.change(curveText(next))}
              onCommit={(origin) => listener.commit(origin)}
            />
          </div>
        )
      }
    >
      <button
        type="button"
        className="curve-thumbnail"
        aria-label={`Draw ${label}`}
        aria-expanded={open}
        aria-controls={open ? editorId : undefined}
        onClick={() => setOpen(!open)}
      >
        <Chevron size={11} aria-hidden />
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="curve-line" d={curvePath(points)} />
        </svg>
      </button>
      <TypedEntry
        label={label}
        text={text}
        parse={(typed) => parseCurve(typed, setting.label)}
        kind="text"
        empty={setting.unset && setting.value === undefined ? notSet : undefined}
        disabled={setting.disabled}
        onCommit={(typed) => set(curveText(typed))}
      />
    </SettingFrame>
  );
}
