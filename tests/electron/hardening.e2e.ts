import { expect } from '@playwright/test';
import { test } from '../support/lab-shell.ts';

test('the page has the bridge and nothing of Node or Electron', async ({ openLab }) => {
  const page = await openLab();
  const found = await page.evaluate(() => ({
    bridge: Object.keys((globalThis as { cameraLab?: object }).cameraLab ?? {}).sort(),
    node: ['require', 'process', 'module', 'Buffer', 'electron'].filter((name) => name in globalThis),
    secure: isSecureContext,
    origin: location.origin,
  }));
  expect(found).toEqual({ bridge: ['call', 'openView', 'subscribe'], node: [], secure: true, origin: 'camera-lab://app' });
});

test('the page cannot leave, open windows or reach the network', async ({ openLab }) => {
  const page = await openLab();
  const outcome = await page.evaluate(async () => {
    const opened = window.open('https://example.org') !== null;
    const reached = await fetch('https://example.org').then(
      () => true,
      () => false,
    );
    location.assign('https://example.org');
    return { opened, reached };
  });
  expect(outcome).toEqual({ opened: false, reached: false });
  expect(page.url()).toContain('camera-lab://app/');
});

test('code that came as text is not run', async ({ openLab }) => {
  const page = await openLab();
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.intruder = true';
    document.head.append(script);
    return 'intruder' in globalThis;
  });
  expect(ran).toBe(false);
});
