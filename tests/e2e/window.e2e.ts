import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { test } from '../support/lab-shell.ts';
import { LabPage } from './lab-page.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The README's pictures are the test's own: `CAMERA_LAB_UPDATE_SCREENSHOTS=1 npm test` renews them. */
const pictures = path.join(
  root,
  process.env.CAMERA_LAB_UPDATE_SCREENSHOTS ? 'resources/screenshots' : 'test-results/screenshots',
);

/** Pairs of visible texts whose boxes overlap by more than a hairline, as `text / text`. */
function overlappingTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const boxes: { text: string; box: DOMRect }[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const element = node.parentElement;
      if (!text || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = visiblePart(range.getBoundingClientRect(), element);
      if (box.width > 1 && box.height > 1) boxes.push({ text, box });
    }
    return boxes.flatMap((a, index) =>
      boxes
        .slice(index + 1)
        .filter((b) => overlap(a.box, b.box))
        .map((b) => `${a.text} / ${b.text}`),
    );

    /** What ancestors that clip leave of a box. */
    function visiblePart(box: DOMRect, from: Element): DOMRect {
      let { left, top, right, bottom } = box;
      for (let element: Element | null = from; element; element = element.parentElement) {
        if (getComputedStyle(element).overflow === 'visible') continue;
        const clip = element.getBoundingClientRect();
        left = Math.max(left, clip.left);
        top = Math.max(top, clip.top);
        right = Math.min(right, clip.right);
        bottom = Math.min(bottom, clip.bottom);
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
    }
    function overlap(a: DOMRect, b: DOMRect): boolean {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return width > 2 && height > 4;
    }
  });
}

test('no text overlaps at any size, and the pictures are kept', async ({ openLab }) => {
  const lab = new LabPage(await openLab());
  await lab.frameWhere(() => true);
  await mkdir(pictures, { recursive: true });
  // 960x540 is what 200 % zoom leaves of 1920x1080.
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
    [960, 540],
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
