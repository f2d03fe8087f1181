import { expect, type Page } from '@playwright/test';

/** Gives the window another size; resolves when the panels have taken it over, since some sizes make other panels of them. */
export async function resizeWindow(page: Page, [width, height]: readonly [width: number, height: number]): Promise<void> {
  await page.setViewportSize({ width, height });
  const rightEdge = (): Promise<number> =>
    page
      .locator('.dv-groupview')
      .evaluateAll((groups) => Math.round(Math.max(...groups.map((group) => group.getBoundingClientRect().right))));
  await expect.poll(rightEdge).toBe(width);
}
