import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { test } from '../support/lab-shell.ts';
import { LabPage } from './lab-page.ts';
import { overlappingTexts } from './overlapping-texts.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The README's pictures are the test's own: `CAMERA_LAB_UPDATE_SCREENSHOTS=1 npm test` renews them. */
const pictures = path.join(
  root,
  process.env.CAMERA_LAB_UPDATE_SCREENSHOTS ? 'resources/screenshots' : 'test-results/screenshots',
);

test('no text overlaps at any size, and the pictures are kept', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  // A software rasteriser beside the lab leaves a small machine too little for 1080p, and the status bar would tell of that.
  await lab.choose('mode-select', /1280 × 720/);
  const { frameId: before } = await lab.frameWhere(({ width }) => width === 1280);
  await lab.page.keyboard.press('Shift+A');
  await lab.page.keyboard.type('unsharp');
  await lab.page.keyboard.press('Enter');
  await expect(lab.page.getByTestId('chain-unsharp-mask')).toHaveAttribute('data-state', 'running');
  await expect(lab.page.getByTestId('chain-applied')).toHaveText(/^frame \d+$/);
  expect(Number(await lab.page.getByTestId('chain-applied').getAttribute('data-frame'))).toBeGreaterThan(before);
  await expect(lab.page.getByTestId('chain-unsharp-mask').locator('.chain-time')).toContainText(/\d ms/);
  await lab.page.getByTestId('processor-fast-algo').click();
  // A picture shows no focus ring.
  await lab.page.getByTestId('viewer-canvas').click();
  await mkdir(pictures, { recursive: true });
  // 960x540 is what 200 % zoom leaves of 1920x1080, 640x360 of 1280x720.
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
    [960, 540],
    [640, 360],
  ] as const) {
    await lab.page.setViewportSize({ width, height });
    const { frameId } = await lab.frameWhere(() => true);
    // Some frames later the status bar has settled.
    await lab.frameWhere((frame) => frame.frameId > frameId + 40);
    await lab.page.screenshot({ path: path.join(pictures, `lab-${width}x${height}.png`) });
    expect(await overlappingTexts(lab.page), `at ${width}x${height}`).toEqual([]);
    const scrolls = await lab.page.evaluate(
      () => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight,
    );
    expect(scrolls, `the page scrolls at ${width}x${height}`).toBe(false);
  }
});

test('everything answers to the keyboard', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  await lab.page.keyboard.press('Control+k');
  await lab.page.keyboard.type('freeze');
  await lab.page.keyboard.press('Enter');
  await expect(lab.page.getByTestId('freeze-toggle')).toHaveAttribute('aria-pressed', 'true');
  await lab.page.getByTestId('freeze-toggle').click();
  await lab.page.getByTestId('play-toggle').click();
  await expect(lab.page.getByTestId('play-toggle')).toHaveAttribute('aria-pressed', 'false');
  await lab.page.getByTestId('play-toggle').click();
  const { frameId } = await lab.frameWhere(() => true);
  await lab.frameWhere((frame) => frame.frameId > frameId);
});

test('the readout names the pixel under the cursor', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  await lab.chooseSmallMode();
  await lab.page.getByTestId('freeze-toggle').click();
  const canvas = lab.page.getByTestId('viewer-canvas');
  const box = await canvas.boundingBox();
  if (!box) throw new Error('Expected a visible canvas');
  await lab.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const readout = lab.page.getByTestId('viewer-readout');
  await expect(readout).toContainText(/x\s*\d+.*y\s*\d+.*R\s*\d+.*G\s*\d+.*B\s*\d+/);
  // Not textContent, which joins neighbouring numbers.
  const numbers = [...(await readout.allInnerTexts()).join(' ').matchAll(/\d+/g)].map(([text]) => Number(text));
  const [x = 0, y = 0, ...rgb] = numbers;
  const pixel = await lab.page.evaluate(([column, row]) => window.cameraLabView?.samplePixels(column, row), [x, y] as const);
  expect(rgb.slice(0, 3)).toEqual([...(pixel ?? [])].slice(0, 3));
});
