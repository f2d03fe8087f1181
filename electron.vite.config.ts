import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = import.meta.dirname;

/**
 * Entries of the main bundle, by path below `main/`. A worker keeps its path below `out/main/`, because
 * `main/base/worker-url.ts` resolves it there.
 */
const mainEntries = [
  ...['index', 'cli', 'runtime/lane-worker', 'runtime/profile-worker', 'runtime/comparison-worker', 'telemetry/writer-worker'],
  ...['camera/simulator/render-worker', 'recording/mjpeg-worker', 'processor/packages/host-worker'],
  // Tasks of the background lane, by their modules.
  ...['recording/png-task', 'isp/raw-algo/analysis-task'],
];

export default defineConfig({
  main: {
    build: {
      target: 'node24',
      sourcemap: false,
      rolldownOptions: {
        input: Object.fromEntries(mainEntries.map((entry) => [entry, resolve(here, 'main', `${entry}.ts`)])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node24',
      sourcemap: false,
      // A sandboxed preload script has no module loader: one CommonJS file with everything in it.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve(here, 'preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: resolve(here, 'renderer'),
    // Relative, so that one bundle serves `camera-lab://app/`, `http://127.0.0.1:port/` and a path behind a proxy.
    base: './',
    plugins: [react()],
    build: {
      target: 'chrome140',
      sourcemap: false,
      // A data: URL would be one more source for the content security policy to allow.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: resolve(here, 'renderer/index.html') } },
    },
  },
});
