import { expect, type Page } from '@playwright/test';
import { type FakeLabPage, test } from '../support/fake-lab/fake-lab-page.ts';
import { overlappingTexts } from './overlapping-texts.ts';

const row = (page: Page, key: string) => page.getByTestId(`chain-${key}`);
const select = (page: Page, key: string) => row(page, key).locator('.chain-select');

async function add({ page }: FakeLabPage, name: string, key: string): Promise<void> {
  await page.keyboard.press('Shift+A');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(row(page, key)).toBeVisible();
}

function orderOf({ lab }: FakeLabPage): string[] {
  return lab.chain.state.entries.map(({ key, place }) => `${place} ${key}`);
}

test('the chain answers to the keyboard alone, and an entry is dragged elsewhere unless Escape lets go of it', async ({
  openDevice,
}) => {
  const device = await openDevice();
  const { page, lab } = device;
  await page.keyboard.press('Shift+A');
  await page.keyboard.type('no such thing');
  await page.keyboard.press('Enter');
  await expect(page.getByText('No processor of that name.')).toBeVisible();
  // Enter has chosen the text that fits nothing: what is typed now takes its place.
  await page.keyboard.type('temporal');
  await page.keyboard.press('Enter');
  await expect(row(page, 'temporal-denoise')).toBeVisible();
  await add(device, 'unsharp', 'unsharp-mask');
  await expect(page.getByTestId('param-unsharp_amount')).toBeVisible();
  await select(page, 'unsharp-mask').focus();
  await page.keyboard.press('ArrowUp');
  await expect(select(page, 'temporal-denoise')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(() => expect(orderOf(device)).toEqual(['preprocessor temporal-denoise', 'postprocessor unsharp-mask'])).toPass();
  await expect(page.getByTestId('param-temporal_strength')).toBeVisible();
  await page.keyboard.press('Shift+B');
  await expect(row(page, 'temporal-denoise')).toHaveAttribute('data-state', 'bypassed');
  await page.keyboard.press('Shift+S');
  await expect(() => expect(lab.chain.state.entries[0]).toMatchObject({ bypass: true, solo: true })).toPass();
  const strength = page.getByTestId('param-temporal_strength').getByRole('textbox');
  await strength.fill('2.5');
  await strength.press('Enter');
  const strengthInLab = async () => JSON.stringify(await lab.call('parameter.get', { processorId: 'temporal-denoise' }));
  await expect(async () => expect(await strengthInLab()).toContain('"temporal_strength":2.5')).toPass();
  await select(page, 'temporal-denoise').focus();
  await page.keyboard.press('Delete');
  await expect(row(page, 'temporal-denoise')).toBeHidden();
  await page.keyboard.press('Control+z');
  await expect(() =>
    expect(lab.chain.state.entries[0]).toMatchObject({ key: 'temporal-denoise', bypass: true, solo: true }),
  ).toPass();
  await expect(async () => expect(await strengthInLab()).toContain('"temporal_strength":2.5')).toPass();
  await expect(strength).toHaveValue('2.50');

  await select(page, 'temporal-denoise').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(() => expect(orderOf(device)[0]).toBe('postprocessor temporal-denoise')).toPass();
  await expect(page.getByRole('region', { name: 'Before the ISP' })).toBeHidden();
  const drag = async () => {
    const [from, to] = [await select(page, 'temporal-denoise').boundingBox(), await page.getByTestId('chain-isp').boundingBox()];
    if (!from || !to) throw new Error('Expected a visible chain');
    await page.mouse.move(from.x + 30, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 30, to.y - 4, { steps: 4 });
    await expect(page.locator('.chain-list')).toHaveAttribute('data-dragging', 'true');
  };
  await drag();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(orderOf(device)).toEqual(['postprocessor temporal-denoise', 'postprocessor unsharp-mask']);
  await drag();
  await page.mouse.move(60, 0);
  await page.mouse.up();
  await expect(() => expect(orderOf(device)).toEqual(['preprocessor temporal-denoise', 'postprocessor unsharp-mask'])).toPass();
});

test('a curve is drawn, typed and moved by keys; a colour mixed; a file chosen', async ({ openDevice }) => {
  const device = await openDevice();
  const { page, lab } = device;
  await add(device, 'every', 'every-parameter');
  const values = async () => {
    const outcome = await lab.call('parameter.get', { processorId: 'every-parameter' });
    return (outcome as { result: { values: Record<string, unknown> } }).result.values;
  };
  await page.getByRole('button', { name: 'Draw Curve points, Look' }).click();
  const plot = await page.getByRole('group', { name: 'Points of Curve points, Look' }).boundingBox();
  if (!plot) throw new Error('Expected a visible plot');
  const at = (x: number, y: number) => [plot.x + plot.width * x, plot.y + plot.height * (1 - y)] as const;
  await page.mouse.move(...at(0.5, 0.5));
  await page.mouse.down();
  await page.mouse.move(...at(0.25, 0.5), { steps: 3 });
  await page.mouse.up();
  await expect(async () => expect(String((await values())['look_curve'])).toMatch(/^0,0 0\.2[45]\d*,0\.(49|5)\d* 1,1$/)).toPass();
  await expect(page.getByRole('slider', { name: 'Point 2 of 3' })).toBeFocused();
  await page.keyboard.press('PageDown');
  await expect(async () => expect(String((await values())['look_curve'])).toMatch(/^0,0 0\.2[45]\d*,0\.(39|4)\d* 1,1$/)).toPass();
  await page.keyboard.press('Delete');
  await expect(async () => expect((await values())['look_curve']).toBe('0,0 1,1')).toPass();
  const text = page.getByTestId('param-look_curve').getByRole('textbox').first();
  await text.fill('0,0 0.5,0.2 0.4,0.3 1,1');
  await text.press('Enter');
  await expect(page.getByTestId('param-look_curve').getByRole('alert')).toContainText('x rising from 0 to 1');
  await text.press('Escape');

  await page.getByRole('button', { name: 'Mix Tint, Look' }).click();
  await page.getByRole('slider', { name: 'Red, Tint, Look' }).press('End');
  await expect(async () => expect((await values())['look_tint']).toBe('#ff4060')).toPass();
  await page.keyboard.press('Escape');

  await page.getByTestId('edit-load-time').click();
  await page.getByRole('button', { name: 'Choose a file for File, Graph' }).click();
  await page.getByRole('button', { name: 'sample.onnx' }).click();
  await page.getByTestId('apply-reload').click();
  await expect(async () => expect((await values())['model_path']).toBe('/data/sample.onnx')).toPass();
});

test('code is trusted only after its folder, hash and changes were shown, and can be copied', async ({ openDevice, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page, lab } = await openDevice();
  await page.getByRole('button', { name: 'Packages…, 1 to trust, 1 failed' }).click();
  await expect(page.getByTestId('package-broken')).toContainText('Expected one frame but received none. Return one frame.');
  await page.getByRole('button', { name: 'Trust the code of warm' }).click();
  const dialog = page.getByRole('dialog', { name: 'Trust this code?' });
  await expect(dialog).toContainText('/data/camera-lab/processors/warm');
  await expect(dialog).toContainText('a'.repeat(64));
  await expect(dialog).toContainText('files: 1 changed, 1 new, 1 removed');
  await expect(dialog.getByRole('button', { name: 'Not now' })).toBeFocused();
  await dialog.getByRole('button', { name: 'Copy warm.ts' }).click();
  await expect(() =>
    expect(page.evaluate(() => navigator.clipboard.readText())).resolves.toContain('defineProcessor({'),
  ).toPass();
  expect(lab.received.some(({ name }) => name === 'package.trust')).toBe(false);
  await dialog.getByTestId('trust').click();
  await expect(dialog).toBeHidden();
  expect(lab.received).toContainEqual({
    name: 'package.trust',
    payload: { folder: '/data/camera-lab/processors/warm', hash: 'a'.repeat(64) },
  });
});

test('no text of the chain and its dialogs overlaps at any size', async ({ openDevice }) => {
  const device = await openDevice();
  const { page, lab } = device;
  for (const [name, key] of [
    ['temporal', 'temporal-denoise'],
    // Found by its name, and not what stands in a group before it and is described by that word.
    ['style', 'prompt-style'],
  ] as const) {
    await add(device, name, key);
  }
  lab.chain.fail('prompt-style', 10);
  await expect(row(page, 'prompt-style')).toContainText('Suspended, 10 failures');
  await add(device, 'unsharp', 'unsharp-mask');
  await add(device, 'every', 'every-parameter');
  const measured = { togetherMillis: 167.04, oneByOneMillis: 207.2, aloneMillis: [135.8, 146.5], turns: 12 };
  lab.chain.compare(['unsharp-mask', 'every-parameter'], measured);
  await expect(row(page, 'every-parameter')).toContainText('Session of 2: 1.2 × faster');
  await select(page, 'prompt-style').click();
  await page.getByRole('button', { name: 'Add a prompt' }).click();
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
    [640, 360],
  ] as const) {
    await page.setViewportSize({ width, height });
    expect(await overlappingTexts(page), `at ${width}x${height}`).toEqual([]);
    await page.getByTestId('show-code').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy declaration.json' }).waitFor();
    expect(await overlappingTexts(page, '[role=dialog]'), `code at ${width}x${height}`).toEqual([]);
    await page.keyboard.press('Escape');
  }
});
