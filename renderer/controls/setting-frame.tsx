import type { ReactNode } from 'react';
import { DescribedBy, useExplanation } from './explanation.ts';
import { ResetButton } from './reset-button.tsx';
import type { Setting } from './setting.ts';
import { notSet, spokenLabel } from './setting.ts';
import { Tip } from './tip.tsx';

/** The line that every setting stands in: label with its explanation, a place for the control, reset; below it what the lab refused. */
export function SettingFrame(props: { setting: Setting; onReset: () => void; below?: ReactNode; children: ReactNode }) {
  const { setting } = props;
  const { value, unset, defaultValue } = setting;
  const explanation = useExplanation();
  // Without a value, what always has one is not known yet.
  const isKnown = value !== undefined || unset !== undefined;
  const modified = isKnown && value !== (unset === 'at-first' ? undefined : defaultValue);
  const reset = () => {
    if (modified && !setting.disabled) props.onReset();
  };
  return (
    <div
      ref={explanation.row}
      className="setting"
      data-explained
      data-testid={setting.testId}
      data-control={setting.control}
      data-modified={modified || undefined}
      data-disabled={setting.disabled || undefined}
    >
      <Tip text={<SettingHelp setting={setting} />} shown={explanation}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the reset button beside it does the same by keyboard */}
        <span className="setting-label" onDoubleClick={reset}>
          {setting.label}
        </span>
      </Tip>
      <p id={explanation.id} hidden>
        {[setting.help, factsOf(setting)].filter(Boolean).join('; ')}
      </p>
      <DescribedBy value={explanation.id}>
        <div className="setting-control">{props.children}</div>
      </DescribedBy>
      <ResetButton name={spokenLabel(setting)} disabled={!modified || setting.disabled} onReset={reset} />
      {props.below}
      {setting.refusal !== undefined && (
        <p className="setting-refusal" role="alert">
          {setting.refusal}
        </p>
      )}
    </div>
  );
}

function SettingHelp({ setting }: { setting: Setting }) {
  return (
    <span className="setting-help">
      <span className="setting-name">{setting.label}</span>
      {setting.help && <span>{setting.help}</span>}
      <span className="setting-facts">
        {setting.id} · {factsOf(setting)}
      </span>
    </span>
  );
}

/** Range, where it has one, and default. */
function factsOf({ minimum, maximum, unit, defaultValue, unset }: Setting): string {
  const range = minimum !== undefined && maximum !== undefined ? `${withUnit(`${minimum} to ${maximum}`, unit)} · ` : '';
  const given = typeof defaultValue === 'number' ? withUnit(String(defaultValue), unit) : String(defaultValue) || 'empty';
  return `${range}default ${unset === 'at-first' ? notSet : given}`;
}

function withUnit(number: string, unit: string | undefined): string {
  return unit ? `${number} ${unit}` : number;
}
