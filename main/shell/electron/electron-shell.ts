import path from 'node:path';
import { errorRecordFrom, messageOf } from '../../base/errors.ts';
import type { ShellLab } from '../service.ts';
import { appScheme, createSchemeHandler, pageUrl } from './app-scheme.ts';
import type { ElectronModule, LabWindow } from './electron-module.ts';
import { connectPage } from './lab-channels.ts';
import { createLabWindow, denyPermissions } from './lab-window.ts';
import { readWindowPlacement, writeWindowPlacement } from './window-bounds.ts';

/** What the shell is given by its entry. Paths are absolute. */
export interface ElectronShellOptions {
  /** Called once Electron is ready and holds the single-instance lock. */
  readonly createLab: () => Promise<ShellLab>;
  /** The built page. */
  readonly rendererFolder: string;
  /** The built preload script, CommonJS. */
  readonly preloadFile: string;
}

/** Quits only after `drain` is done: ending the process while a worker computes would abort it. */
function drainBeforeQuit(app: ElectronModule['app'], drain: () => Promise<void>): void {
  let state: 'running' | 'draining' | 'drained' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'drained') return;
    event.preventDefault();
    if (state === 'draining') return;
    state = 'draining';
    drain()
      .catch((thrown: unknown) => process.stderr.write(`The lab did not close cleanly: ${messageOf(thrown)}\n`))
      .finally(() => {
        state = 'drained';
        app.quit();
      });
  });
  app.on('window-all-closed', () => app.quit());
}

function focusOnSecondStart(app: ElectronModule['app'], window: LabWindow): void {
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
}

function rememberPlacement(window: LabWindow, file: string): void {
  window.on('close', () => {
    writeWindowPlacement(file, window).catch((thrown: unknown) => {
      process.stderr.write(`The window's place was not remembered: ${messageOf(thrown)}\n`);
    });
  });
}

async function openWindow(electron: ElectronModule, lab: ShellLab, options: ElectronShellOptions): Promise<void> {
  const placementFile = path.join(electron.app.getPath('userData'), 'window.json');
  const placement = await readWindowPlacement(placementFile, electron.screen);
  const window = createLabWindow(electron, options.preloadFile, placement);
  const connection = connectPage(electron, lab.service, window.webContents);
  rememberPlacement(window, placementFile);
  focusOnSecondStart(electron.app, window);
  drainBeforeQuit(electron.app, async () => {
    connection.close();
    await lab.close();
  });
  await window.loadURL(pageUrl);
}

async function openLab(electron: ElectronModule, options: ElectronShellOptions): Promise<void> {
  electron.Menu.setApplicationMenu(null);
  denyPermissions(electron.session.defaultSession);
  electron.protocol.handle(appScheme.scheme, createSchemeHandler(options.rendererFolder));
  const lab = await options.createLab();
  try {
    await openWindow(electron, lab, options);
  } catch (thrown) {
    await lab.close();
    throw thrown;
  }
}

/**
 * Runs the lab in a window until it is closed. Resolves when the window is open, or at once in a second instance, which
 * hands over to the first. A lab that cannot be had is told in a dialog and ends the program with exit code 1.
 */
export async function runElectronShell(electron: ElectronModule, options: ElectronShellOptions): Promise<void> {
  if (!electron.app.requestSingleInstanceLock()) {
    electron.app.quit();
    return;
  }
  electron.protocol.registerSchemesAsPrivileged([appScheme]);
  electron.app.enableSandbox();
  await electron.app.whenReady();
  try {
    await openLab(electron, options);
  } catch (thrown) {
    const { message, action } = errorRecordFrom(thrown);
    electron.dialog.showErrorBox('Camera Lab cannot start', [message, action ?? ''].join('\n\n').trim());
    electron.app.exit(1);
  }
}
