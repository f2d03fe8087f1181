import path from 'node:path';
import { test as base, type Page } from '@playwright/test';
import type { ShellOptions } from '../lab-shell.ts';
import type { FakeLab } from './fake-lab.ts';
import { startFakeLab } from './server.ts';

const builtPage = path.resolve(import.meta.dirname, '../../../out/renderer');

/** The built page on a fake lab. */
export interface FakeLabPage {
  readonly page: Page;
  readonly lab: FakeLab;
  /** The payloads of every `control.set` so far. */
  readonly writes: () => unknown[];
}

/** Playwright's `test` for the page alone: the lab behind it answers from memory, and the test plays the device. */
export const test = base.extend<ShellOptions & { readonly openDevice: () => Promise<FakeLabPage> }>({
  shell: ['http', { option: true }],
  openDevice: async ({ page }, use) => {
    const server = await startFakeLab(builtPage);
    await use(async () => {
      const { lab } = server;
      await lab.call('source.open', { sourceId: 'v4l2:usb-2' });
      await page.goto(server.url);
      await page.getByTestId('control-filter').waitFor();
      const writes = () => lab.received.filter(({ name }) => name === 'control.set').map(({ payload }) => payload);
      return { page, lab, writes };
    });
    await page.close();
    await server.close();
  },
});

test.skip(({ shell }) => shell === 'electron', 'the fake lab is served over HTTP; Electron runs the same page on the real lab');
