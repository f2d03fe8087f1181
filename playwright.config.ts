import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import { electronProgram } from './main/setup/electron.mjs';
import type { ShellOptions } from './tests/support/lab-shell.ts';
import { systemChromium } from './tests/support/suites/chromium.mjs';

type Project = NonNullable<PlaywrightTestConfig<ShellOptions>['projects']>[number];

const chromiumProgram = systemChromium();

const chromium: Project = {
  name: 'chromium',
  testMatch: 'e2e/**/*.e2e.ts',
  use: {
    shell: 'http',
    launchOptions: {
      // WebGL2, which the viewer paints with where it can, a machine without a graphics card has only from the software rasteriser. That
      // shows a quarter of the frames that a plain canvas does there: the README's picture is taken with the latter.
      args: process.env.CAMERA_LAB_UPDATE_SCREENSHOTS
        ? ['--disable-gpu']
        : ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
      ...(chromiumProgram === undefined ? {} : { executablePath: chromiumProgram }),
    },
  },
};

const electron: Project = {
  name: 'electron',
  testMatch: ['e2e/**/*.e2e.ts', 'electron/**/*.e2e.ts'],
  use: { shell: 'electron' },
};

export default defineConfig<ShellOptions>({
  testDir: 'tests',
  outputDir: 'test-results/playwright',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env.CI !== undefined,
  // One lab at a time: each uses every core.
  workers: 1,
  retries: 0,
  use: { viewport: { width: 1280, height: 720 }, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [chromium, ...(electronProgram() === undefined ? [] : [electron])],
});
