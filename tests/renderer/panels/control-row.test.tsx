import { Tooltip } from 'radix-ui';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ControlDescription } from '../../../preload/contract.ts';
import { ControlRow } from '../../../renderer/panels/controls/control-row.tsx';
import { LabServicesContext } from '../../../renderer/panels/panel-context.ts';
import { deviceControls } from '../../support/fake-lab/device-controls.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

const { services } = await connectToFakeLab();

function markupOf(control: ControlDescription): string {
  return renderToStaticMarkup(
    <LabServicesContext value={services}>
      <Tooltip.Provider>
        <ControlRow control={control} />
      </Tooltip.Provider>
    </LabServicesContext>,
  );
}

function rowOf(id: string, change: Partial<ControlDescription> = {}): string {
  const control = deviceControls.find((one) => one.id === id);
  if (!control) throw new Error(`Expected a fake control ${id}`);
  return markupOf({ ...control, ...change });
}

test.each(deviceControls.map((control) => [control.id, control] as const))('%s names itself and its class', (_id, control) => {
  expect(markupOf(control)).toContain(`aria-label="${control.label}, ${control.group}"`);
});

test.each(deviceControls.filter(({ readOnly }) => readOnly).map((control) => [control.id, control] as const))(
  'read-only %s is a value and nothing to press',
  (_id, control) => {
    expect(markupOf(control)).not.toMatch(/<input|role="(slider|switch|combobox)"/);
    expect(markupOf(control)).toContain('<output class="read-only">');
  },
);

test('what the device holds locked cannot be edited and says why', () => {
  const row = rowOf('brightness', { grabbed: true });
  expect(row).toContain('<input type="text"');
  expect(row).toMatch(/<input[^>]*disabled=""/);
  expect(row).toContain('aria-description="Locked by the device for now');
});

test('what is inactive stays editable, dimmed, and says why', () => {
  const row = rowOf('red_balance');
  expect(row).toContain('data-inactive="true"');
  expect(row).not.toMatch(/<input[^>]*disabled=""/);
  expect(row).toContain('aria-description="Inactive: another control overrides it now');
});

test('marks hang on the last letter of the label', () => {
  expect(rowOf('vertical_blanking')).toMatch(/Vertical Blankin<span class="label-end">g<svg/);
  expect(rowOf('contrast')).not.toContain('label-end');
});

test('drift shows what was asked, what is held, and the way back', () => {
  expect(rowOf('exposure_time_absolute')).toMatch(/Asked 200 × 100 µs, device holds 312 × 100 µs.*Apply again/);
  expect(rowOf('exposure_time_absolute', { drifted: false })).not.toContain('Apply again');
});

test('a range of one value has no slider', () => {
  expect(rowOf('brightness')).toContain('role="slider"');
  expect(rowOf('brightness', { minimum: 128, maximum: 128 })).not.toContain('role="slider"');
});

test('what is an act has no slider that would do it again and again, and nothing to reset', () => {
  const row = rowOf('pan_relative');
  expect(row).not.toContain('role="slider"');
  expect(row).toContain('aria-label="Write Pan, Relative, Camera Controls"');
  expect(rowOf('pan_relative', { value: 7 })).not.toContain('data-modified');
});

test('kinds have the editors that fit them', () => {
  expect(rowOf('integer_64_bits')).toMatch(/<input[^>]*value="0"/);
  expect(rowOf('bitmask')).toMatch(/value="0x2000".*aria-pressed="true".*Bit 13.*aria-pressed="false".*Bit 31/);
  expect(rowOf('event_mask')).not.toContain('aria-pressed');
  expect(rowOf('area')).toMatch(/aria-label="Width, Area, User Controls".*aria-label="Height, Area, User Controls"/);
  expect(rowOf('u8_pixel_array')).toContain('[8 × 8] 64 values');
  expect(rowOf('power_line_frequency')).toContain('role="combobox"');
  expect(rowOf('horizontal_flip')).toContain('role="switch"');
  expect(rowOf('button')).toContain('>Button</button>');
});
