import { expect, type Page } from '@playwright/test';
import { test } from '../support/fake-lab/fake-lab-page.ts';
import { resizeWindow } from './resize-window.ts';

const groups = (page: Page) => page.locator('.dv-groupview');

/** Titles in each group of panels, in the order of the groups' places. */
function titles(page: Page): Promise<string[]> {
  return groups(page).evaluateAll((elements) =>
    elements
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .sort((a, b) => a.box.left - b.box.left || a.box.top - b.box.top)
      .map(({ element }) => [...element.querySelectorAll('.panel-tab')].map((title) => title.textContent).join(' ')),
  );
}

const columns = {
  full: ['Source', 'Chain', 'Device controls', 'Viewer', 'Sessions', 'Parameters'],
  low: ['Source Chain Device controls', 'Viewer', 'Sessions', 'Parameters'],
  narrow: ['Viewer Source Sessions', 'Parameters Chain Device controls'],
};

test('Tune follows the window, and is the same as in a window that had its size from the start', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  const session = { name: 'A walk in the park', source: 'simulator:dead-leaves', startedAt: '2025-01-01T00:00:00Z' };
  const counts = { frames: 1_234_567, developed: 1_234_000, stageEvents: 12_345_678, parameterChanges: 0 };
  lab.announce('session.changed', { id: 1, ...session, ...counts, lost: { 'source-late': 567_000 }, lostRows: 120 });
  for (const [size, expected] of [
    [[1024, 600], columns.low],
    [[500, 900], columns.narrow],
    [[640, 360], columns.narrow],
    [[1280, 720], columns.full],
    [[1024, 600], columns.low],
  ] as const) {
    await resizeWindow(page, size);
    await expect.poll(() => titles(page)).toEqual(expected);
    await expect(page.locator('.dv-tabs-overflow-dropdown-default')).toHaveCount(0);
    await page.locator('.panel-tab', { hasText: 'Source' }).click();
    await expect(page.getByRole('button', { name: 'Open RAW file…' })).toBeInViewport({ ratio: 1 });
    await page.locator('.panel-tab', { hasText: 'Sessions' }).click();
    const sideways = () =>
      page.locator('.panel-scroll').evaluateAll((panels) => panels.filter((one) => one.scrollWidth > one.clientWidth).length);
    await expect.poll(sideways, { message: `at ${size.join('x')}` }).toBe(0);
  }
  const edges = () => groups(page).evaluateAll((elements) => elements.map((one) => Math.round(one.getBoundingClientRect().left)));
  const shrunk = await edges();
  await page.reload();
  await expect.poll(() => titles(page)).toEqual(columns.low);
  expect(await edges()).toEqual(shrunk);
});

test('an arrangement by hand stays what it is at any size, and within the window', async ({ openDevice }) => {
  const { page } = await openDevice();
  const divider = page.locator('.dv-sash').filter({ visible: true }).first();
  const box = await divider.boundingBox();
  if (!box) throw new Error('Expected a divider between panels');
  await page.mouse.move(box.x + 2, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + 62, box.y + 300, { steps: 3 });
  await page.mouse.up();
  const widths = () =>
    groups(page).evaluateAll((elements) => elements.map((one) => Math.round(one.getBoundingClientRect().width)));
  const arranged = await widths();
  for (const size of [
    [1024, 600],
    [500, 900],
    [1280, 720],
  ] as const) {
    await resizeWindow(page, size);
    expect(await titles(page), `at ${size.join('x')}`).toEqual(columns.full);
  }
  expect(await widths()).toEqual(arranged);
  await resizeWindow(page, [500, 900]);
  // What was arranged is kept for the next window, too.
  await expect.poll(() => page.evaluate(() => JSON.stringify({ ...localStorage }))).toContain('camera-lab.layout');
  await page.reload();
  await resizeWindow(page, [500, 900]);
  expect(await titles(page)).toEqual(columns.full);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('reset layout');
  await page.keyboard.press('Enter');
  await expect.poll(() => titles(page)).toEqual(columns.narrow);
});
