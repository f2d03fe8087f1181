import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { test } from '../support/fake-lab/fake-lab-page.ts';
import { glowSchema } from '../support/fake-lab/fake-scope.ts';
import { overlappingTexts } from './overlapping-texts.ts';
import { resizeWindow } from './resize-window.ts';

const pictures = path.resolve(import.meta.dirname, '../../test-results/screenshots');
const panelId = 'scope:unsharp-mask';
const setting = (page: Page, name: string) => page.getByTestId(`param-${name}`);

/** By the keyboard alone. */
async function importSchema(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('import scope');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('json-text')).toBeFocused();
  await page.keyboard.insertText(text);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
}

/** Drops a file on an element, as a file manager does. */
async function dropFile(page: Page, selector: string, text: string): Promise<void> {
  const data = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], 'schema.json', { type: 'application/json' }));
    return transfer;
  }, text);
  await page.dispatchEvent(selector, 'drop', { dataTransfer: data });
}

test('a schema of Scope becomes a panel, whose values are edited, copied, loaded and handed to the processor it came from', async ({
  openDevice,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page, lab } = await openDevice();
  await importSchema(page, '{ "id": "glow" }');
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Expected the schema of a pipeline of Scope');
  await page.keyboard.press('Escape');
  await importSchema(page, JSON.stringify(glowSchema));
  await expect(page.getByTestId('scope-facts')).toHaveText(
    'Pipeline of Daydream Scope · unsharp-mask · version 0.3.0 · postprocessor',
  );
  await expect(page.getByText('Lets lights glow')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Not taken over' })).toContainText("glow_lorasScope's own control lora");
  await expect(setting(page, 'unsharp_sigma').getByRole('textbox')).toBeDisabled();
  await expect(setting(page, 'constructor').getByRole('switch')).toBeChecked();
  await expect(setting(page, 'glow_seed').getByRole('textbox')).toHaveAttribute('placeholder', 'not set');

  const amount = setting(page, 'unsharp_amount').getByRole('textbox');
  await amount.fill('1.5');
  await amount.press('Enter');
  await setting(page, 'glow_on').getByRole('switch').click();
  await setting(page, 'glow_passes').getByRole('combobox').press('ArrowDown');
  await page.getByRole('option', { name: '4' }).click();
  const values = async () => lab.scope.panels.find(panelId)?.current.values;
  await expect(async () =>
    expect(await values()).toMatchObject({ unsharp_amount: 1.5, glow_on: false, glow_passes: 4 }),
  ).toPass();
  await page.getByTestId('scope-copy').click();
  const expected = { unsharp_amount: 1.5, glow_shape: 'round', glow_on: false, glow_passes: 4, glow_seed: null };
  await expect(async () => {
    expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toMatchObject(expected);
  }).toPass();
  await page.getByTestId('scope-reset').click();
  await expect(amount).toHaveValue('0.60');
  await page.keyboard.press('Control+z');
  await expect(amount).toHaveValue('1.50');

  await page.getByTestId('scope-load').click();
  await page.keyboard.insertText('{ "unsharp_amount": 7 }');
  await page.getByTestId('json-submit').click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText(
    'Expected a number from 0 to 3 % for unsharp_amount but received 7',
  );
  await page.getByTestId('json-file').click();
  await page.getByRole('button', { name: 'sample.json' }).click();
  await expect(amount).toHaveValue('2.00');

  await page.getByTestId('scope-add').click();
  await page.getByRole('button', { name: 'Apply these values to Unsharp mask' }).click();
  const inChain = async () => JSON.stringify(await lab.call('parameter.get', { processorId: 'unsharp-mask' }));
  await expect(async () => expect(await inChain()).toMatch(/"unsharp_amount":2[,}]/)).toPass();
  await lab.call('parameter.set', { processorId: 'unsharp-mask', values: { unsharp_amount: 0.25 } });
  await page.getByRole('button', { name: 'Take the values of Unsharp mask' }).click();
  await expect(amount).toHaveValue('0.25');

  await page.getByTestId('scope-close').click();
  await expect(page.getByTestId('scope-facts')).toBeHidden();
  expect(lab.scope.panels.list()).toEqual([]);
});

test('a schema may be dropped on the window, and the panel fits every size', async ({ openDevice }) => {
  const { page } = await openDevice();
  await dropFile(page, '.app', 'no JSON');
  await expect(page.getByText('Expected JSON but received the text')).toBeVisible();
  await dropFile(page, '.app', JSON.stringify(glowSchema));
  await expect(page.getByTestId('scope-facts')).toBeVisible();
  await page.getByTestId('scope-load').click();
  await dropFile(page, '[data-testid=json-text]', '{ "unsharp_amount": 2.4 }');
  await expect(setting(page, 'unsharp_amount').getByRole('textbox')).toHaveValue('2.40');
  await mkdir(pictures, { recursive: true });
  for (const [width, height] of [
    [1280, 720],
    [640, 360],
  ] as const) {
    await resizeWindow(page, [width, height]);
    expect(await overlappingTexts(page), `at ${width}x${height}`).toEqual([]);
    await page.screenshot({ path: path.join(pictures, `scope-${width}x${height}.png`) });
    await page.keyboard.press('Shift+I');
    await expect(page.getByTestId('json-text')).toBeFocused();
    expect(await overlappingTexts(page, '[role=dialog]'), `the dialog at ${width}x${height}`).toEqual([]);
    await page.screenshot({ path: path.join(pictures, `scope-import-${width}x${height}.png`) });
    await page.keyboard.press('Escape');
  }
});

test('a package and a model are written from the code that is shown, or it is said why not', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  await lab.call('chain.add', { processorId: 'prompt-style' });
  await lab.call('chain.add', { processorId: 'unsharp-mask' });
  await page.getByTestId('chain-unsharp-mask').locator('.chain-select').click();
  await page.keyboard.press('Shift+C');
  await page.getByTestId('write-onnx').click();
  await expect(page.getByTestId('written-onnx')).toHaveText('Written: /data/camera-lab/exports/unsharp-mask.onnx');
  await page.getByRole('tab', { name: 'Daydream Scope package' }).click();
  await page.getByTestId('write-scope').click();
  await expect(page.getByTestId('written-scope')).toHaveText('Written: /data/camera-lab/exports/scope-unsharp-mask');
  expect(await overlappingTexts(page, '[role=dialog]')).toEqual([]);
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, 'scope-export-1280x720.png') });
  await page.keyboard.press('Escape');
  await page.getByTestId('chain-prompt-style').locator('.chain-select').click();
  await page.keyboard.press('Shift+C');
  await page.getByTestId('write-onnx').click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('prompt-style is called');
});
