import { expect, type Page } from '@playwright/test';
import { type FakeLabPage, test } from '../support/fake-lab/fake-lab-page.ts';
import { overlappingTexts } from './overlapping-texts.ts';
import { resizeWindow } from './resize-window.ts';

const row = (page: Page, id: string) => page.getByTestId(`control-${id}`);
const entry = (page: Page, id: string) => row(page, id).getByRole('textbox');

async function type({ page }: FakeLabPage, id: string, text: string): Promise<void> {
  await entry(page, id).fill(text);
  await entry(page, id).press('Enter');
}

test('what a control does not take is refused in place with its range, and nothing is sent', async ({ openDevice }) => {
  const device = await openDevice();
  const { page, writes } = device;
  for (const [id, text, message] of [
    ['brightness', '256', 'from 0 to 255 for Brightness but received 256'],
    ['brightness', '1.5', 'a whole number'],
    ['integer_64_bits', '9223372036854775808', 'to 9223372036854775807'],
    ['bitmask', '1', 'bits within 0x80002000'],
    ['string', 'abcde', '2 to 4 bytes'],
  ] as const) {
    const alert = row(page, id).getByRole('alert');
    await type(device, id, text);
    await expect(alert).toContainText(message);
    await expect(entry(page, id)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(alert).toBeHidden();
  }
  await expect(entry(page, 'brightness')).toHaveValue('128');
  expect(writes()).toEqual([]);
});

test('every kind of control is written as the contract names it', async ({ openDevice }) => {
  const device = await openDevice();
  const { page, writes, lab } = device;
  await type(device, 'hue', '−7');
  await type(device, 'integer_64_bits', '-9223372036854775808');
  await type(device, 'bitmask', '80000000');
  await row(page, 'bitmask').getByRole('button', { name: 'Bit 13' }).click();
  await type(device, 'string', 'wxyz');
  await row(page, 'horizontal_flip').getByRole('switch').click();
  await row(page, 'integer_menu').getByRole('combobox').click();
  await page.getByRole('option', { name: '9007199254740993' }).click();
  await row(page, 'button').getByRole('button').click();
  await entry(page, 'area').first().fill('640');
  await entry(page, 'area').last().focus();
  // What is set within one frame of the page leaves as one write: what counts is the last value of each.
  const written = () => Object.assign({}, ...writes().map((payload) => (payload as { values: object }).values));
  await expect(() =>
    expect(written()).toEqual({
      hue: -7,
      integer_64_bits: '-9223372036854775808',
      bitmask: 0x8000_2000,
      string: 'wxyz',
      horizontal_flip: 1,
      integer_menu: 8,
      button: 1,
      area: [640, 2000],
    }),
  ).toPass();
  expect(lab.controls.find(({ id }) => id === 'area')?.value).toEqual([640, 2000]);
});

test('an array is edited as a table, and is not written before every cell can be read', async ({ openDevice }) => {
  const { page, writes, lab } = await openDevice();
  await row(page, 'u8_pixel_array').getByRole('button', { name: /^Edit/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Row 1, column 2').fill('256');
  await expect(dialog.getByLabel('Row 1, column 2')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByRole('button', { name: 'Write' }).click();
  await expect(dialog.getByRole('alert')).toContainText('from 0 to 255 at place 10 but received “256”');
  expect(writes()).toEqual([]);
  lab.changeControl('u8_pixel_array', { value: Array.from({ length: 64 }, () => 9) });
  await expect(dialog.getByRole('status')).toContainText('The device holds other values now');
  await dialog.getByLabel('Row 1, column 2').fill('255');
  await dialog.getByRole('button', { name: 'Write' }).click();
  await expect(dialog).toBeHidden();
  const written = Array.from({ length: 64 }, (_, index) => (index === 10 ? 255 : index * 3));
  await expect(() => expect(writes()).toEqual([{ values: { u8_pixel_array: written } }])).toPass();
});

test('an act is written each time the user says so, and is nothing to undo', async ({ openDevice }) => {
  const device = await openDevice();
  const { page, writes } = device;
  await type(device, 'pan_relative', '-30');
  expect(writes()).toEqual([]);
  const write = row(page, 'pan_relative').getByRole('button', { name: /^Write/ });
  await write.click();
  await write.click();
  await expect(() => expect(writes()).toEqual([-30, -30].map((pan_relative) => ({ values: { pan_relative } })))).toPass();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('undo');
  await expect(page.getByRole('option', { name: 'Undo' })).toHaveAttribute('aria-disabled', 'true');
});

test('a compound is edited as bytes in hexadecimal', async ({ openDevice }) => {
  const { page, writes } = await openDevice();
  await row(page, 'hdr10_mastering').getByRole('button', { name: /^Edit/ }).click();
  const dialog = page.getByRole('dialog');
  const text = dialog.getByRole('textbox');
  await text.fill('ff 00');
  await dialog.getByRole('button', { name: 'Write' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Expected 24 bytes but received 2');
  await text.fill(Array.from({ length: 24 }, () => 'fe').join(' '));
  await dialog.getByRole('button', { name: 'Write' }).click();
  const written = Array.from({ length: 24 }, () => 254);
  await expect(() => expect(writes()).toEqual([{ values: { hdr10_mastering: written } }])).toPass();
});

test('Enter and leaving commit a number, Escape restores it, and another program does not destroy what is typed', async ({
  openDevice,
}) => {
  const { page, writes, lab } = await openDevice();
  const field = entry(page, 'brightness');
  await field.fill('20');
  await field.press('Escape');
  await expect(field).toHaveValue('128');
  await field.fill('30');
  lab.changeControl('brightness', { value: 90 });
  lab.changeControl('contrast', { value: 91 });
  await expect(entry(page, 'contrast')).toHaveValue('91');
  await expect(field).toHaveValue('30');
  await field.press('Escape');
  await expect(field).toHaveValue('90');
  expect(writes()).toEqual([]);
  await field.fill('40');
  await field.press('Enter');
  await expect(field).not.toBeFocused();
  await expect(() => expect(writes()).toEqual([{ values: { brightness: 40 } }])).toPass();
  await field.fill('50');
  await entry(page, 'contrast').focus();
  await expect(() => expect(writes()).toEqual([40, 50].map((brightness) => ({ values: { brightness } })))).toPass();
});

test('a drag keeps its hand against another program, and its last value lands as one step to undo', async ({ openDevice }) => {
  const { page, writes, lab } = await openDevice();
  const slider = row(page, 'brightness').getByRole('slider');
  const box = await slider.boundingBox();
  if (!box) throw new Error('Expected a visible slider');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.3, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 });
  await expect(() => expect(writes().length).toBeGreaterThan(0)).toPass();
  const held = await slider.getAttribute('aria-valuenow');
  lab.changeControl('brightness', { value: 3 });
  lab.changeControl('contrast', { value: 4 });
  await expect(entry(page, 'contrast')).toHaveValue('4');
  await expect(slider).toHaveAttribute('aria-valuenow', String(held));
  await page.mouse.move(box.x + box.width, y, { steps: 5 });
  await page.mouse.up();
  await expect(() => expect(writes().at(-1)).toEqual({ values: { brightness: 255 } })).toPass();
  await expect(slider).toHaveAttribute('aria-valuenow', '255');
  await page.keyboard.press('Control+z');
  await expect(() => expect(writes().at(-1)).toEqual({ values: { brightness: 128 } })).toPass();
});

test('drift is shown and written again only when the user says so', async ({ openDevice }) => {
  const { page, writes } = await openDevice();
  const exposure = row(page, 'exposure_time_absolute');
  await expect(exposure).toContainText('Asked 200 × 100 µs, device holds 312 × 100 µs');
  expect(writes()).toEqual([]);
  await exposure.getByRole('button', { name: /^Apply again/ }).click();
  await expect(exposure).not.toContainText('Asked');
  await expect(entry(page, 'exposure_time_absolute')).toHaveValue('200');
  expect(writes()).toEqual([{ values: { exposure_time_absolute: 200 } }]);
});

test('the device’s states show as they change', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  await expect(row(page, 'read_only_integer').getByRole('textbox')).toHaveCount(0);
  lab.changeControl('brightness', { grabbed: true });
  await expect(entry(page, 'brightness')).toBeDisabled();
  lab.changeControl('red_balance', { inactive: false });
  await expect(row(page, 'red_balance')).not.toHaveAttribute('data-inactive');
  await row(page, 'brightness').getByText('Brightness').hover();
  await expect(page.getByRole('tooltip')).toContainText('Locked by the device');
});

test('controls are found, folded and set back', async ({ openDevice }) => {
  const device = await openDevice();
  const { page, lab } = device;
  await type(device, 'brightness', '7');
  await expect(page.getByTestId('effective-at')).toHaveText('in effect from frame ≥ 100');
  const group = page.getByRole('button', { name: /^User Controls/ });
  await group.click();
  await expect(row(page, 'brightness')).toBeHidden();
  await page.getByTestId('control-filter').fill('bright');
  await expect(row(page, 'brightness')).toBeVisible();
  await expect(row(page, 'exposure_time_absolute')).toBeHidden();
  await row(page, 'brightness').getByRole('button', { name: 'Reset Brightness, User Controls' }).click();
  await expect(entry(page, 'brightness')).toHaveValue('128');
  expect(lab.received).toContainEqual({ name: 'control.reset', payload: { ids: ['brightness'] } });
  await page.getByTestId('control-filter').fill('no such control');
  await expect(page.getByText('No control matches “no such control”.')).toBeVisible();
  await page.getByTestId('control-filter').press('Escape');
  await group.click();
  await page.getByTestId('reset-controls').click();
  await expect(row(page, 'power_line_frequency').getByRole('combobox')).toContainText('50 Hz');
});

test('no text of the controls overlaps at any size', async ({ openDevice }) => {
  const { page } = await openDevice();
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
    [640, 360],
  ] as const) {
    await resizeWindow(page, [width, height]);
    await page.locator('.panel-tab', { hasText: 'Device controls' }).click();
    const last = row(page, 'pixel_rate');
    for (const control of [row(page, 'brightness'), row(page, 'bitmask'), row(page, 'exposure_time_absolute'), last]) {
      await control.scrollIntoViewIfNeeded();
      expect(await overlappingTexts(page), `at ${width}x${height}`).toEqual([]);
    }
  }
});

test('a stream that reloads keeps its Stop, and the palette finds the theme by name', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  lab.enterPhase('reloading');
  await expect(page.getByTestId('status-connection')).toHaveText('reloading');
  await expect(page.getByTestId('play-toggle')).toBeEnabled();
  await expect(page.getByTestId('play-toggle')).toHaveAccessibleName('Stop');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('theme');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'grey');
});
