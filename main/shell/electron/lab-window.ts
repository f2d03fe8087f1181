import type { BrowserWindowConstructorOptions } from 'electron';
import type { ElectronModule, LabWindow } from './electron-module.ts';
import type { WindowPlacement } from './window-bounds.ts';

/** The neutral surround of the dark theme, so that nothing flashes before the page has painted. */
const surround = '#1c1c1c';

function windowOptions(preloadFile: string, placement: WindowPlacement | undefined): BrowserWindowConstructorOptions {
  return {
    width: 1600,
    height: 1000,
    ...placement?.bounds,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Camera Lab',
    backgroundColor: surround,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // A covered window goes on measuring and recording; its canvas must not fall behind.
      backgroundThrottling: false,
    },
  };
}

/** Denies every permission a page can ask for. The one exception writes text to the clipboard, for copying numbers. */
export function denyPermissions(session: ElectronModule['session']['defaultSession']): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(permission === 'clipboard-sanitized-write'));
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  session.setDevicePermissionHandler(() => false);
}

/**
 * Makes the lab's only window, confined to its own page: no navigation, no further windows, no embedded pages. It shows
 * itself once the page it is to load has painted.
 */
export function createLabWindow(
  electron: ElectronModule,
  preloadFile: string,
  placement: WindowPlacement | undefined,
): LabWindow {
  const window = new electron.BrowserWindow(windowOptions(preloadFile, placement));
  const contents = window.webContents;
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.once('ready-to-show', () => {
    if (placement?.maximised) window.maximize();
    window.show();
  });
  return window;
}
