import { expect, type Locator, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import { fakeAlgorithms, fakeProcessor } from '../support/fake-lab/descriptions.ts';
import { type FakeLabPage, test } from '../support/fake-lab/fake-lab-page.ts';
import { resizeWindow } from './resize-window.ts';

/** The last is what 200 % zoom leaves of the first. */
const sizes = [
  [1280, 720],
  [1920, 1080],
  [640, 360],
] as const;

const merge = { kind: 'burst', frameCount: 8 } as const;

function boxesOf(places: Locator): Promise<{ left: number; top: number; right: number; bottom: number }[]> {
  return places.evaluateAll((elements) =>
    elements.map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom };
    }),
  );
}

/** Numbers on the page, in fields and beside the picture, that their box cuts. */
function cutNumbers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('.entry:not(.entry-text) input')];
    const cut = fields
      .filter((field) => field.scrollWidth > field.clientWidth)
      .map((field) => `${field.ariaLabel}: ${field.value}`);
    const readout = document.querySelector('.viewer-readout');
    const edge = readout?.getBoundingClientRect();
    const parts = [...(readout?.children ?? [])].filter((part) => {
      const { right, bottom } = part.getBoundingClientRect();
      return edge === undefined || right > edge.right || bottom > edge.bottom || part.scrollWidth > part.clientWidth + 1;
    });
    return [...cut, ...parts.map((part) => part.textContent)];
  });
}

/**
 * Contrast of a text on an opaque ground by WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of relative luminances. All of the theme's greys
 * are neutral.
 */
async function contrastOf(text: Locator, ground: Locator): Promise<number> {
  const luminanceOf = (colour: string, opacity: number, below: number): number => {
    const level = Number(/\d+/.exec(colour)?.[0]) * opacity + below * (1 - opacity);
    return level / 255 <= 0.04045 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4;
  };
  const back = await ground.evaluate((element) => getComputedStyle(element).backgroundColor);
  const { colour, opacity } = await text.evaluate((element) => {
    let opacity = 1;
    for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    return { colour: getComputedStyle(element).color, opacity };
  });
  const levels = [luminanceOf(colour, opacity, Number(/\d+/.exec(back)?.[0])), luminanceOf(back, 1, 0)];
  return (Math.max(...levels) + 0.05) / (Math.min(...levels) + 0.05);
}

async function openSimulator({ page, lab }: FakeLabPage): Promise<void> {
  await lab.call('source.open', { sourceId: 'simulator:chart' });
  await page.getByTestId('control-exposure_micros').waitFor();
}

test('a merge shows what it does and can be cancelled, and nothing moves', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  const fixed = page.locator('.command-bar button, .command-bar output, .status-bar');
  const status = page.getByTestId('fusion-status');
  const cancelled = () => lab.received.filter(({ name }) => name === 'fusion.cancel').map(({ payload }) => payload);
  for (const [index, size] of sizes.entries()) {
    await resizeWindow(page, size);
    await expect(status).toHaveText('');
    const before = await boxesOf(fixed);
    const plan = { ...merge, planId: index };
    lab.announce('fusion.changed', { ...plan, state: 'reserved' });
    await expect(status).toContainText('Merging 8 frames · scoring');
    lab.announce('fusion.changed', { ...plan, state: 'scheduled' });
    await expect(status).toContainText('merging');
    const cancel = page.getByTestId('fusion-cancel');
    await expect(cancel).toBeInViewport({ ratio: 1 });
    await cancel.click();
    await expect(() => expect(cancelled().at(index)).toEqual({ planId: index })).toPass();
    const during = await boxesOf(fixed.locator('visible=true').and(page.locator(':not([data-testid="fusion-cancel"])')));
    expect(during, `at ${size.join('x')}`).toEqual(before);
    lab.announce('fusion.changed', { ...plan, state: 'cancelled' });
    await expect(cancel).toBeHidden();
    lab.announce('development.changed', { developmentId: index, kind: 'burst', state: 'developing', progress: 0.425 });
    await expect(status).toContainText('SlowISP · developing 43 %');
    await expect(page.getByTestId('development-cancel')).toBeInViewport({ ratio: 1 });
    const developing = await boxesOf(fixed.locator('visible=true').and(page.locator(':not([data-testid="development-cancel"])')));
    expect(developing, `at ${size.join('x')}`).toEqual(before);
    lab.announce('development.changed', { developmentId: index, kind: 'burst', state: 'done', progress: 1, path: '/a.png' });
    await expect(status).toHaveText('');
  }
});

test('what was merged is told with its path, which can be copied', async ({ openDevice, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page } = await openDevice();
  await page.keyboard.press('Control+Shift+M');
  const told = page.getByRole('region', { name: 'New notices' });
  await expect(told).toContainText('Merged 8 frames into /data/camera-lab/merged/burst-8.dng');
  await told.getByRole('button', { name: 'Copy path' }).click();
  await expect(() =>
    expect(page.evaluate(() => navigator.clipboard.readText())).resolves.toBe('/data/camera-lab/merged/burst-8.dng'),
  ).toPass();
});

test('notices lie over the picture alone, each whole or not at all', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  for (const index of [1, 2, 3]) {
    const message = `Notice ${index} of a disk that is nearly full: 1.2 GB are left in the data folder of this lab.`;
    lab.announce('notice', { level: 'warning', code: 'disk.low', message });
  }
  const notices = page.locator('.notice-stack .notice');
  await expect(notices).toHaveCount(3);
  for (const size of sizes) {
    await resizeWindow(page, size);
    await expect(async () => {
      const [stage] = await boxesOf(page.locator('.viewer-stage'));
      const [stack] = await boxesOf(page.locator('.notice-stack'));
      if (!stage || !stack) throw new Error('Expected a picture and a stack of notices');
      const shown = (await boxesOf(notices)).filter(({ left }) => left < stack.right);
      expect(shown.length).toBeGreaterThan(0);
      for (const box of shown) {
        expect(box.top).toBeGreaterThanOrEqual(stage.top);
        expect(box.bottom).toBeLessThanOrEqual(stage.bottom);
        expect(box.left).toBeGreaterThanOrEqual(stage.left);
        expect(box.right).toBeLessThanOrEqual(stage.right);
      }
    }).toPass();
  }
  await expect(notices.first()).toContainText('Notice 3');
  await notices.first().getByRole('button', { name: 'Dismiss' }).click();
  await expect(notices.first()).toContainText('Notice 2');
});

test('no number is cut, and titles stay, at any size', async ({ openDevice }) => {
  const device = await openDevice();
  const { page } = device;
  for (const size of sizes) {
    await resizeWindow(page, size);
    await expect(() => expect(cutNumbers(page)).resolves.toEqual([])).toPass();
  }
  await resizeWindow(page, sizes[0]);
  await openSimulator(device);
  await page.getByTestId('param-exposure_ev').getByRole('textbox').fill('−3.25');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('applied-at')).toContainText(/applied at frame \d+/);
  for (const size of sizes) {
    await resizeWindow(page, size);
    await expect(() => expect(cutNumbers(page)).resolves.toEqual([])).toPass();
    for (const title of ['Viewer', 'Parameters', 'Sessions', 'Device controls']) {
      await expect(page.locator('.panel-tab', { hasText: title })).toBeInViewport({ ratio: 1 });
    }
  }
});

test('the processors’ tabs keep to one line, and the chosen one is in sight', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  const extra = ['SlowISP', 'SlowAlgo', 'A look with a long name'].map((name, index) => ({
    ...fakeAlgorithms,
    id: `extra-${index}`,
    name,
  }));
  lab.announce('processor.listed', [fakeProcessor, fakeAlgorithms, ...extra.slice(0, 2)]);
  const tabs = page.locator('.processor-tab');
  await expect(tabs).toHaveCount(4);
  for (const size of sizes.slice(0, 2)) {
    await resizeWindow(page, size);
    expect(new Set((await boxesOf(tabs)).map(({ top }) => top)).size, `at ${size.join('x')}`).toBe(1);
    for (const tab of await tabs.all()) await expect(tab).toBeInViewport({ ratio: 1 });
  }
  lab.announce('processor.listed', [fakeProcessor, fakeAlgorithms, ...extra]);
  await expect(tabs).toHaveCount(5);
  await resizeWindow(page, [640, 360]);
  await tabs.first().focus();
  await page.keyboard.press('End');
  await expect(tabs.last()).toHaveAttribute('aria-selected', 'true');
  const [list] = await boxesOf(page.locator('.processor-tabs'));
  const [last] = await boxesOf(tabs.last());
  expect(last?.top).toBe((await boxesOf(tabs))[0]?.top);
  // Lists scroll by whole pixels.
  expect(last?.right ?? 0).toBeLessThanOrEqual((list?.right ?? 0) + 2);
});

test('a page that is opened while the stream is stopped shows the surround and what to do', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  await lab.call('stream.stop', {});
  await page.reload();
  await expect(page.getByText('Stopped. Play (Space) to start.')).toBeVisible();
  const { data, channels, width } = decode(await page.getByTestId('viewer-canvas').screenshot());
  const inside = channels * (20 * width + 20);
  // The surround of the dark theme; a canvas that nobody has painted is black.
  expect([...data.subarray(inside, inside + 3)]).toEqual([28, 28, 28]);
});

test('an explanation gives way to what a shortcut opens', async ({ openDevice }) => {
  const { page } = await openDevice();
  await page.getByTestId('param-exposure_ev').locator('.setting-label').hover();
  const tip = page.locator('.tip');
  await expect(tip).toContainText('default 0 EV');
  await page.keyboard.down('Shift');
  await expect(tip).toBeVisible();
  await page.keyboard.up('Shift');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(tip).toBeHidden();
});

test('a locked setting can be read in both themes', async ({ openDevice }) => {
  const { page } = await openDevice();
  const locked = page.getByTestId('param-strip_rows');
  await expect(locked).toHaveAttribute('data-disabled', 'true');
  for (const theme of ['dark', 'grey']) {
    await page.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme);
    // What WCAG 2.2 asks of text of this size.
    expect(await contrastOf(locked.locator('.setting-label'), page.locator('.dv-groupview').last()), theme).toBeGreaterThan(4.5);
    expect(await contrastOf(locked.locator('input'), locked.locator('.entry')), theme).toBeGreaterThan(4.5);
  }
});

test('marks keep to the last word of a long label, and a long unit leaves a slider its length', async ({ openDevice }) => {
  const { page } = await openDevice();
  const label = page.getByTestId('control-vertical_blanking').locator('.label-end');
  const [end] = await boxesOf(label);
  const line = await label.evaluate((element) => Number.parseFloat(getComputedStyle(element).lineHeight));
  expect((end?.bottom ?? 0) - (end?.top ?? 0)).toBeLessThan(line * 1.5);
  const [slider] = await boxesOf(page.getByTestId('control-exposure_time_absolute').getByRole('slider'));
  expect((slider?.right ?? 0) - (slider?.left ?? 0)).toBeGreaterThanOrEqual(56);
});

test('a unit of any length leaves the number whole, and in line with its slider', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  const [exposure] = fakeProcessor.parameters.filter(({ name }) => name === 'exposure_ev');
  if (!exposure) throw new Error('Expected a parameter with a slider');
  lab.announce('processor.changed', { ...fakeProcessor, parameters: [{ ...exposure, unit: 'of the longer side' }] });
  const row = page.getByTestId('param-exposure_ev');
  await expect(row).toContainText('of the longer side');
  for (const size of sizes) {
    await resizeWindow(page, size);
    await expect(() => expect(cutNumbers(page)).resolves.toEqual([])).toPass();
    const [slider] = await boxesOf(row.getByRole('slider'));
    const [field] = await boxesOf(row.locator('.entry'));
    expect(field?.top ?? 0, `at ${size.join('x')}`).toBeLessThan(slider?.bottom ?? 0);
  }
});

test('a session that lost something says so in its row', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  const session = { name: 'walk', source: 'chart', startedAt: '2025-01-01T00:00:00Z', endedAt: '2025-01-01T00:00:09Z' };
  const counts = { frames: 270, developed: 267, stageEvents: 540, parameterChanges: 0 };
  lab.announce('session.changed', { id: 1, ...session, ...counts, lost: { 'source-late': 3 }, lostRows: 12 });
  const loss = page.getByTestId('sessions-table').getByText('3 lost · 12 rows not stored');
  await loss.hover();
  await expect(page.getByRole('tooltip')).toContainText('3 · Source was late');
});

test('the way to a session’s telemetry keeps clear of the panel’s edge, however long its names', async ({ openDevice }) => {
  const { page, lab } = await openDevice();
  const name = 'A session with a name as long as any that a person would give';
  const session = { name, source: 'simulator:dead-leaves-saturated', startedAt: '2025-01-01T00:00:00Z' };
  const counts = { frames: 1_234_567, developed: 1_234_000, stageEvents: 12_345_678, parameterChanges: 0 };
  lab.announce('session.changed', { id: 1, ...session, ...counts, lost: { 'source-late': 567_000 }, lostRows: 120 });
  for (const size of sizes.slice(0, 2)) {
    await resizeWindow(page, size);
    const [button] = await boxesOf(page.getByTestId('export-session-1'));
    const [panel] = await boxesOf(page.locator('.sessions-panel'));
    expect((panel?.right ?? 0) - (button?.right ?? 0), `at ${size.join('x')}`).toBeGreaterThanOrEqual(8);
  }
});

test('an entry that failed takes one line for its cause, and tells all of it on demand', async ({ openDevice, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page, lab } = await openDevice();
  await lab.call('chain.add', { processorId: 'unsharp-mask' });
  await page.getByTestId('chain-unsharp-mask').waitFor();
  const message = `Node conv_3/kernel (Conv) failed: ${'Invalid rank for input X, got 3 and expected 4. '.repeat(4)}`;
  const entry = { key: 'unsharp-mask', frames: 9, failures: 10, lastError: { code: 'model.failed', message }, sharedBy: 1 };
  lab.announce('chain.measured', [entry]);
  const trouble = page.locator('.chain-trouble');
  await expect(trouble.getByText('Its model fails on these frames')).toBeVisible();
  for (const size of sizes.slice(0, 2)) {
    await resizeWindow(page, size);
    const [box] = await boxesOf(trouble);
    expect((box?.bottom ?? 0) - (box?.top ?? 0), `at ${size.join('x')}`).toBeLessThanOrEqual(28);
  }
  await trouble.locator('summary').click();
  await trouble.getByRole('button', { name: 'Copy the message' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(message);
});

test('what is found about a sensor can be read whole at any size', async ({ openDevice }) => {
  const { page } = await openDevice();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('analyse the sensor');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Sensor analysis' });
  await expect(dialog).toContainText('What 4 frames, 1 to 4, told of the sensor. Nothing was changed.');
  await expect(page.getByTestId('finding-photonTransfer')).toContainText('Set noise of the tuning file at this gain.');
  for (const size of sizes) {
    await resizeWindow(page, size);
    await expect(dialog).toBeInViewport({ ratio: 1 });
    await page.getByTestId('finding-photonTransfer').scrollIntoViewIfNeeded();
    await expect(page.getByTestId('finding-photonTransfer')).toBeInViewport({ ratio: 1 });
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a setting explains itself to the keyboard as to the pointer, from text too, and where none has the focus it says what to do', async ({
  openDevice,
}) => {
  const { page } = await openDevice();
  const tip = page.getByRole('tooltip');
  await page.keyboard.press('F1');
  await expect(page.getByRole('region', { name: 'New notices' })).toContainText('Press Tab until a setting has the focus');
  await page.getByTestId('param-exposure_ev').getByRole('slider').focus();
  await page.keyboard.press('F1');
  await expect(tip).toContainText('exposure_ev · -4 to 4 EV · default 0');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('param-exposure_ev').getByRole('textbox')).toBeFocused();
  await expect(tip).toBeVisible();
  await page.keyboard.press('F1');
  await expect(tip).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('explain');
  await page.keyboard.press('Enter');
  await expect(tip).toContainText('exposure_ev');
  await page.getByTestId('control-brightness').getByRole('slider').focus();
  await expect(tip).toHaveCount(0);
  await page.keyboard.press('F1');
  await expect(tip).toContainText('Brightness');
});
