import path from 'node:path';
import * as electron from 'electron';
import { createLab } from './lab.ts';
import { runElectronShell } from './shell/electron/electron-shell.ts';

const out = path.resolve(import.meta.dirname, '..');

// Not awaited: Electron becomes ready only after its entry module has been evaluated.
void runElectronShell(electron, {
  createLab: () => createLab({ shell: 'electron', startSource: true }),
  rendererFolder: path.join(out, 'renderer'),
  preloadFile: path.join(out, 'preload', 'index.cjs'),
});
