import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, test as base, type Page } from '@playwright/test';
import { electronProgram } from '../../main/setup/electron.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Which shell a Playwright project runs the lab in. */
export interface ShellOptions {
  readonly shell: 'http' | 'electron';
}

/** What a test of the whole lab is given. */
export interface LabFixtures {
  /** An empty home folder, removed with everything in it after the test. */
  readonly homeFolder: string;
  /** Starts the lab in the project's shell, with its data in {@link homeFolder}; ended cleanly after the test. Call it once. */
  readonly openLab: () => Promise<Page>;
}

/** The user's environment, moved into a home folder of its own. */
function environmentIn(homeFolder: string): Record<string, string> {
  const { XDG_DATA_HOME: _data, XDG_CONFIG_HOME: _config, XDG_CACHE_HOME: _cache, ...rest } = process.env;
  const kept = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const data = path.join(homeFolder, 'data');
  return { ...Object.fromEntries(kept), HOME: homeFolder, USERPROFILE: homeFolder, APPDATA: homeFolder, CAMERA_LAB_HOME: data };
}

/** The address that the served lab prints; rejects with all that it said when it ends without one. */
async function printedUrl(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) return url;
    said += `${line}\n`;
  }
  throw new Error(`Expected the served lab to print its address but it ended after: ${said}`);
}

async function serveLab(homeFolder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const child = spawn(process.execPath, [path.join(projectRoot, 'main', 'cli.ts'), 'serve', '--port', '0'], {
    cwd: projectRoot,
    env: environmentIn(homeFolder),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const url = await printedUrl(child);
  child.stdout.resume();
  return { url, close };
}

async function launchElectron(homeFolder: string): Promise<{ page: Page; close: () => Promise<void> }> {
  const executablePath = electronProgram(projectRoot);
  if (executablePath === undefined) throw new Error('Expected the Electron program but it has not been downloaded');
  // Chromium's sandbox does not run as root, which containers are; the shell's own settings are the same either way.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', projectRoot] : [projectRoot];
  const application = await _electron.launch({ executablePath, args, cwd: projectRoot, env: environmentIn(homeFolder) });
  return { page: await application.firstWindow(), close: () => application.close() };
}

/** Playwright's `test` for the whole lab: the same suite runs in Chromium over HTTP and in Electron. */
export const test = base.extend<LabFixtures & ShellOptions>({
  shell: ['http', { option: true }],
  homeFolder: async ({ shell }, use) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), `camera-lab-${shell}-`));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  openLab: async ({ shell, homeFolder, playwright, browserName, launchOptions, contextOptions, viewport }, use) => {
    const closing: (() => Promise<void>)[] = [];
    await use(async () => {
      if (shell === 'electron') {
        const { page, close } = await launchElectron(homeFolder);
        closing.push(close);
        return page;
      }
      const { url, close } = await serveLab(homeFolder);
      closing.push(close);
      const browser = await playwright[browserName].launch(launchOptions);
      closing.unshift(() => browser.close());
      const page = await browser.newPage({ ...contextOptions, viewport });
      await page.goto(url);
      return page;
    });
    for (const close of closing) await close();
  },
});
