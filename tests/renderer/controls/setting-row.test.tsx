import { Tooltip } from 'radix-ui';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { SettingRow } from '../../../renderer/controls/setting-row.tsx';
import { settingOfParameter } from '../../../renderer/panels/parameters/parameter-setting.ts';
import { fakeProcessor } from '../../support/fake-lab/descriptions.ts';

test.each(fakeProcessor.parameters.map((parameter) => [parameter.name, parameter] as const))(
  '%s is spoken with its group, since a device may have a setting of the same name',
  (_name, parameter) => {
    const setting = settingOfParameter(parameter, parameter.defaultValue, false);
    const row = renderToStaticMarkup(
      <Tooltip.Provider>
        <SettingRow setting={setting} listener={{ change: () => undefined, commit: () => undefined }} />
      </Tooltip.Provider>,
    );
    const names = [...row.matchAll(/aria-label="(?!Reset)([^"]*)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names)).toEqual(new Set([`${parameter.label}, ${parameter.category}`]));
  },
);
