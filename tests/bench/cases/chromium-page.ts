import { type Browser, chromium, type Page } from '@playwright/test';
import { systemChromium } from '../../support/suites/chromium.mjs';
import type { CaseOutput } from '../measurement.ts';

/** The first page also starts the browser's own processes: it is not counted. */
const warmUps = 1;
const runs = 9;

/** A page on its way, and what the measured side of the case is waiting for. */
export interface PageLoad {
  /** Where the browser goes. */
  readonly url: string;
  /** Resolves when the page has painted what counts. */
  readonly painted: Promise<void>;
}

async function oneLoad(browser: Browser, load: () => PageLoad): Promise<number> {
  const page: Page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  try {
    const { url, painted } = load();
    const start = performance.now();
    await Promise.all([page.goto(url, { waitUntil: 'commit' }), painted]);
    return performance.now() - start;
  } finally {
    await page.close();
  }
}

/** Loads a page in Chromium again and again, each time in a profile without a cache, and times it from the request to the paint. */
export async function timePageLoads(load: () => PageLoad): Promise<CaseOutput> {
  const program = systemChromium();
  const browser = await chromium.launch({
    args: ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    ...(program === undefined ? {} : { executablePath: program }),
  });
  try {
    const samplesMillis: number[] = [];
    for (let run = 0; run < warmUps + runs; run++) {
      const millis = await oneLoad(browser, load);
      if (run >= warmUps) samplesMillis.push(millis);
    }
    return { samplesMillis, with: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
  }
}
