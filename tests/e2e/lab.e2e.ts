import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../support/lab-shell.ts';
import { LabPage } from './lab-page.ts';

test('a new user sees a live picture of the simulator', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  const first = await lab.frameWhere(({ width, height }) => width === 1920 && height === 1080);
  await lab.frameWhere(({ frameId, sequence }) => frameId > first.frameId && sequence > first.sequence);
  const [red, green, blue] = await lab.meanPixel();
  // A studio scene of neutral greys with a chart in it: neither black nor tinted.
  expect(green).toBeGreaterThan(40);
  expect(Math.abs(red - green)).toBeLessThan(20);
  expect(Math.abs(blue - green)).toBeLessThan(20);
  await expect(lab.page.getByTestId('status-fps-in')).not.toHaveText('–');
  await expect(lab.page.getByTestId('status-latency')).toContainText(/\d/);
  expect(lab.complaints).toEqual([]);
});

test('a runtime slider changes the next frames and says at which', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  const before = await lab.meanPixel();
  const { parameterVersion } = await lab.frameWhere(() => true);

  await lab.typeSetting('param-exposure_ev', '1');
  const brighter = await lab.frameWhere((frame) => frame.parameterVersion > parameterVersion);
  await expect(lab.page.getByTestId('applied-at')).toContainText(/applied at frame \d+/);
  const appliedAt = Number(/\d+/.exec((await lab.page.getByTestId('applied-at').textContent()) ?? '')?.[0]);
  expect(appliedAt).toBeLessThanOrEqual(brighter.frameId);
  const after = await lab.meanPixel();
  expect(after[1]).toBeGreaterThan(before[1] + 20);

  const slider = lab.page.getByTestId('param-exposure_ev').getByRole('slider');
  await slider.focus();
  await slider.press('Shift+ArrowLeft');
  await lab.frameWhere((frame) => frame.parameterVersion > brighter.parameterVersion);
  await expect(lab.page.getByTestId('param-exposure_ev').getByRole('textbox')).toHaveValue('0.95');

  await lab.typeSetting('param-exposure_ev', '9');
  await expect(lab.page.getByTestId('param-exposure_ev').getByRole('alert')).toContainText('from −4 to 4 EV');
  expect(lab.complaints).toEqual([]);
});

test('a sensor control changes the photon count', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  const before = await lab.meanPixel();
  await lab.typeSetting('control-exposure', '2500');
  await expect(lab.page.getByTestId('effective-at')).toHaveText(/^in effect from frame ≥ \d+$/);
  await expect(async () => expect((await lab.meanPixel())[1]).toBeLessThan(before[1] * 0.75)).toPass();
});

test('a load-time setting is read-only while streaming and swaps without a gap', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  const setting = lab.page.getByTestId('param-output_resolution');
  await expect(setting.getByRole('combobox')).toBeDisabled();
  await lab.page.getByTestId('edit-load-time').click();
  await setting.getByRole('combobox').click();
  await lab.page.getByRole('option', { name: /Half/ }).click();
  await lab.page.getByTestId('apply-reload').click();
  const half = await lab.frameWhere(({ width }) => width === 320);
  expect(half.height).toBe(180);
  await expect(setting.getByRole('combobox')).toBeDisabled();
  const [, green] = await lab.meanPixel();
  expect(green).toBeGreaterThan(40);
});

test('a recording becomes a session whose CSV holds every frame', async ({ openLab, homeFolder }) => {
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  const { frameId } = await lab.frameWhere(() => true);
  await lab.page.getByTestId('record-toggle').click();
  await lab.frameWhere((frame) => frame.frameId > frameId + 15);
  await lab.typeSetting('param-tone_contrast', '0.5');
  await lab.frameWhere((frame) => frame.frameId > frameId + 30);
  await lab.page.getByTestId('record-toggle').click();
  const exportButton = lab.page.getByTestId('export-session-1');
  await exportButton.click();
  await expect(lab.page.getByTestId('sessions-table')).toContainText('session-1');

  const folder = await exportFolderIn(homeFolder);
  const frames = csvRows(await readFile(path.join(folder, 'frames.csv'), 'utf8'));
  const stages = csvRows(await readFile(path.join(folder, 'stage-events.csv'), 'utf8'));
  const changes = csvRows(await readFile(path.join(folder, 'parameter-changes.csv'), 'utf8'));
  expect(frames.length).toBeGreaterThan(20);
  expect(stages.filter((row) => row['status'] === 'done').length).toBeGreaterThan(10);
  const ids = frames.map((row) => Number(row['frame_id'])).filter((id) => id > 0);
  expect(new Set(ids).size).toBe(ids.length);
  const ofStage = changes.filter((row) => row['processor_id'] === 'fast-isp');
  expect(ofStage.length).toBe(2);
  expect(ofStage[1]?.['values']).toContain('"tone_contrast":0.5');
});

test('a RAW file becomes a camera once its geometry is said', async ({ openLab, homeFolder }) => {
  const file = path.join(homeFolder, 'ramp.raw');
  const samples = Uint16Array.from({ length: 320 * 240 }, (_, index) => 64 + (index % 320) * 2);
  await writeFile(file, new Uint8Array(samples.buffer));
  await writeFile(path.join(homeFolder, 'empty.raw'), '');
  const lab = new LabPage(await openLab());

  await lab.page.getByTestId('open-file').click();
  await lab.page.getByTestId('open-file-path').fill(path.join(homeFolder, 'empty.raw'));
  await lab.page.getByTestId('open-file-submit').click();
  await expect(lab.page.getByRole('dialog').getByRole('alert')).toContainText(/empty/i);

  await lab.page.getByTestId('open-file-path').fill(file);
  await lab.page.getByTestId('open-file-submit').click();
  const dialog = lab.page.getByRole('dialog');
  for (const [label, value] of [
    ['Width', '320'],
    ['Height', '240'],
    ['Bit depth', '10'],
    ['Black level', '64'],
    ['White level', '1023'],
  ] as const) {
    await dialog.getByLabel(label).fill(value);
  }
  await lab.page.getByTestId('open-file-submit').click();
  await lab.frameWhere(({ width, height }) => width === 320 && height === 240);
  await expect(dialog).toBeHidden();

  // The file stays in the list with its geometry: one can go elsewhere and come back.
  const entry = lab.page.getByTestId(`source-file:${file}`);
  await expect(entry).toHaveAttribute('aria-current', 'true');
  await lab.page.getByTestId('source-simulator:chart').click();
  await lab.frameWhere(({ width }) => width === 1920);
  await entry.click();
  await lab.frameWhere(({ width, height }) => width === 320 && height === 240);
});

async function exportFolderIn(homeFolder: string): Promise<string> {
  const entries = await readdir(homeFolder, { recursive: true, withFileTypes: true });
  const frames = entries.find((entry) => entry.name === 'frames.csv');
  if (!frames) throw new Error(`Expected an export below ${homeFolder}`);
  return frames.parentPath;
}

/** Rows of an RFC 4180 file by column name. */
function csvRows(text: string): Record<string, string>[] {
  const lines = text.trimEnd().split('\r\n').map(csvFields);
  const [header = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column] ?? ''])));
}

function csvFields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
