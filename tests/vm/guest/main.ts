/**
 * `node tests/vm/guest/main.ts [FILTER…]`: runs the tests beside it on the cameras of this machine. With `CAMERA_LAB_WARM_UP` it only
 * loads them, so that what they import lies compiled in the caches: an emulated processor would take a minute over that.
 */
import path from 'node:path';
import { createVitest, type TestUserConfig } from 'vitest/node';
import { SummaryReporter } from '../../support/suites/vitest-summary.ts';

const summaryFile = process.env.CAMERA_LAB_SUMMARY_FILE;
const isWarmUp = process.env.CAMERA_LAB_WARM_UP !== undefined;
const limitMillis = 120_000;

const options: TestUserConfig = {
  // The project's own configuration names other tests.
  config: false,
  root: path.resolve(import.meta.dirname, '../../..'),
  include: ['tests/vm/guest/*.guest.ts'],
  watch: false,
  // The files share the cameras, and an emulated processor pays dearly for every fresh worker.
  fileParallelism: false,
  isolate: false,
  fsModuleCache: true,
  testTimeout: limitMillis,
  hookTimeout: limitMillis,
  reporters: ['default', ...(summaryFile === undefined ? [] : [new SummaryReporter(summaryFile)])],
};

const vitest = await createVitest(options);
if (isWarmUp) await vitest.collect(process.argv.slice(2), { staticParse: false });
else await vitest.start(process.argv.slice(2));
await vitest.close();
