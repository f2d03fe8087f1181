/** `node tests/vm/guest/main.ts [FILTER…]`: runs the tests beside it on the cameras of this machine. */
import path from 'node:path';
import { startVitest } from 'vitest/node';
import { SummaryReporter } from '../../support/suites/vitest-summary.ts';

const summaryFile = process.env.CAMERA_LAB_SUMMARY_FILE;
const limitMillis = 120_000;

const vitest = await startVitest(process.argv.slice(2), {
  // The project's own configuration names other tests.
  config: false,
  root: path.resolve(import.meta.dirname, '../../..'),
  include: ['tests/vm/guest/*.guest.ts'],
  watch: false,
  // The files share the cameras, and an emulated processor pays dearly for every fresh worker.
  fileParallelism: false,
  isolate: false,
  testTimeout: limitMillis,
  hookTimeout: limitMillis,
  reporters: ['default', ...(summaryFile === undefined ? [] : [new SummaryReporter(summaryFile)])],
});
await vitest.close();
