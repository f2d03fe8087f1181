import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './tests/support/suites/vitest-summary.ts';

const summaryFile = process.env.CAMERA_LAB_SUMMARY_FILE;

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    // A busy machine is slow, never wrong: no test asserts time, so the limit only ends what hangs.
    // Vitest leaves a core to itself, which of two cores is half: with two files at once the run takes three quarters of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // ONNX Runtime would report its use to its makers.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: ['default', ...(summaryFile === undefined ? [] : [new SummaryReporter(summaryFile)])],
  },
});
