import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ParameterValue } from '../../../preload/contract.ts';
import { SettingRow } from '../../../renderer/controls/setting-row.tsx';
import { settingOfParameter } from '../../../renderer/panels/parameters/parameter-setting.ts';
import { fakeProcessor } from '../../support/fake-lab/descriptions.ts';

/** The markup of what is seen: without the description for screen readers. */
function shownOf(row: ReactNode): string {
  return renderToStaticMarkup(row).replace(/<p [^>]*hidden="">.*?<\/p>/, '');
}

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

test.each(fakeProcessor.parameters.map((parameter) => [parameter.name, parameter] as const))(
  '%s that may have no value says so only while it has none, and is reset only when it has one',
  (_name, parameter) => {
    const rowOf = (value: ParameterValue | undefined) =>
      shownOf(
        <Tooltip.Provider>
          <SettingRow
            setting={settingOfParameter({ ...parameter, unset: 'at-first' }, value, false)}
            listener={{ change: () => undefined, commit: () => undefined }}
          />
        </Tooltip.Provider>,
      );
    expect([rowOf(undefined).includes('not set'), rowOf(undefined).includes('data-modified')]).toEqual([true, false]);
    const { defaultValue } = parameter;
    expect([rowOf(defaultValue).includes('not set'), rowOf(defaultValue).includes('data-modified')]).toEqual([false, true]);
  },
);

test.each(fakeProcessor.parameters.map((parameter) => [parameter.name, parameter] as const))(
  'the control of %s is described by its help, its range and its default',
  (_name, parameter) => {
    const row = renderToStaticMarkup(
      <Tooltip.Provider>
        <SettingRow
          setting={settingOfParameter(parameter, parameter.defaultValue, false)}
          listener={{ change: () => undefined, commit: () => undefined }}
        />
      </Tooltip.Provider>,
    );
    const described = new Set([...row.matchAll(/aria-describedby="([^"]*)"/g)].map(([, id]) => id));
    expect(described.size).toBe(1);
    const [id] = described;
    const text = row.split(`<p id="${id}" hidden="">`)[1]?.split('</p>')[0];
    expect(text).toContain(parameter.help.replaceAll('&', '&amp;'));
    expect(text).toContain(`default ${parameter.defaultValue}`);
  },
);
