import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../support/lab-shell.ts';
import { LabPage } from './lab-page.ts';

test('a data folder that cannot be used is named with what to do, and the picture goes on', async ({ openLab, homeFolder }) => {
  const folder = path.join(homeFolder, 'data');
  await writeFile(folder, 'in the way');
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  await lab.page.getByRole('button', { name: /\d notices$/ }).click();
  const list = lab.page.getByRole('dialog', { name: 'Notices' });
  await expect(list).toContainText(`Expected a folder for telemetry at ${folder}`);
  await expect(list).toContainText('received a path through a file');
  await expect(list).toContainText('Move that file away, or choose another folder');
  await expect(list).not.toContainText(/\bE[A-Z]{4,}:/);
  await lab.page.keyboard.press('Escape');

  const { frameId } = await lab.frameWhere(() => true);
  await lab.page.getByRole('button', { name: 'Start recording' }).click();
  await lab.frameWhere((frame) => frame.frameId > frameId + 5);
  await expect(lab.page.getByTestId('record-toggle')).toHaveAttribute('aria-pressed', 'false');
});
