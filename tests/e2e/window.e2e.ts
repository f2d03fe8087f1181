import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { test } from '../support/lab-shell.ts';
import { LabPage } from './lab-page.ts';
import { overlappingTexts } from './overlapping-texts.ts';

const root = path.resolve(import.meta.dirname, '../..');

const pictures = path.join(root, 'test-results/screenshots');

/** The README's picture is the test's own: `CAMERA_LAB_UPDATE_SCREENSHOTS=1 npm test` renews it. */
const renewed = process.env.CAMERA_LAB_UPDATE_SCREENSHOTS ? path.join(root, 'resources/screenshots') : undefined;

/** A picture as WebP, a fifth of its size, which the browser itself writes. */
async function webpOf(page: Page, png: Buffer): Promise<Buffer> {
  const webp = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.92 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, png.toString('base64'));
  return Buffer.from(webp);
}

test('no text overlaps at any size, and the pictures are kept', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  // Beside a browser without a graphics card a small machine has too little for more, and the status bar would tell of that.
  await lab.chooseSmallMode();
  const { frameId: before } = await lab.frameWhere(({ width }) => width === 640);
  await lab.page.keyboard.press('Shift+A');
  await lab.page.keyboard.type('unsharp');
  await lab.page.keyboard.press('Enter');
  await expect(lab.page.getByTestId('chain-unsharp-mask')).toHaveAttribute('data-state', 'running');
  await expect(lab.page.getByTestId('chain-applied')).toHaveText(/^frame \d+$/);
  expect(Number(await lab.page.getByTestId('chain-applied').getAttribute('data-frame'))).toBeGreaterThan(before);
  await expect(lab.page.getByTestId('chain-unsharp-mask').locator('.chain-time')).toContainText(/\d ms/);
  await lab.page.getByTestId('processor-fast-isp').click();
  // A picture shows no focus ring.
  await lab.page.getByTestId('viewer-canvas').click();
  await lab.page.keyboard.press('1');
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
    const png = await lab.page.screenshot({ path: path.join(pictures, `lab-${width}x${height}.png`) });
    if (renewed && width === 1280) await writeFile(path.join(renewed, 'lab-1280x720.webp'), await webpOf(lab.page, png));
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
