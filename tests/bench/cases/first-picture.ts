import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab } from '../../../main/lab.ts';
import { rendererFolderFrom } from '../../../main/shell/cli/serve.ts';
import { startHttpShell } from '../../../main/shell/http/http-shell.ts';
import type { LabService } from '../../../main/shell/service.ts';
import { timePageLoads } from './chromium-page.ts';

/** The served lab with its simulator running: from the request for the page to its first painted frame. Wants a build. */
const folder = await mkdtemp(join(tmpdir(), 'camera-lab-bench-'));
const rendererFolder = rendererFolderFrom(new URL('../../../main/shell/cli/serve.ts', import.meta.url).href);
const start = performance.now();
const lab = await createLab({ shell: 'http', dataFolder: folder, startSource: true });
let painted: (() => void) | undefined;
const service: LabService = {
  // A page acknowledges what it has painted.
  call: (name, payload) => {
    if (name === 'view.acknowledge') painted?.();
    return lab.service.call(name, payload);
  },
  subscribe: (listener) => lab.service.subscribe(listener),
  openView: (viewId, sink) => lab.service.openView(viewId, sink),
};
const shell = await startHttpShell({ service, rendererFolder });
const labMillis = performance.now() - start;
const output = await timePageLoads(() => {
  const { promise, resolve } = Promise.withResolvers<void>();
  painted = resolve;
  return { url: shell.url, painted: promise };
});
await shell.close();
await lab.close();
await rm(folder, { recursive: true });
process.stdout.write(JSON.stringify({ ...output, counts: { 'lab start ms': Number(labMillis.toFixed(1)) } }));
