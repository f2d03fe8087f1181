import type * as Electron from 'electron';

/** What an event hands over that can be stopped. */
type Preventable = Pick<Electron.Event, 'preventDefault'>;

/** What the shell uses of a page's side of a window. */
export interface LabWebContents
  extends Pick<Electron.WebContents, 'id' | 'send' | 'postMessage' | 'setWindowOpenHandler' | 'isDestroyed'> {
  on(event: 'will-navigate', listener: (event: Preventable) => void): unknown;
  on(event: 'will-frame-navigate', listener: (event: Preventable) => void): unknown;
  on(event: 'will-redirect', listener: (event: Preventable) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  on(event: 'render-process-gone', listener: () => void): unknown;
  on(event: 'destroyed', listener: () => void): unknown;
}

/** What the shell uses of a window. */
export interface LabWindow
  extends Pick<
    Electron.BrowserWindow,
    'loadURL' | 'show' | 'focus' | 'restore' | 'isMinimized' | 'isMaximized' | 'maximize' | 'getNormalBounds'
  > {
  readonly webContents: LabWebContents;
  on(event: 'close', listener: () => void): unknown;
  once(event: 'ready-to-show', listener: () => void): unknown;
}

/** The end of a view's channel that stays in the main process. */
export interface LabPort extends Pick<Electron.MessagePortMain, 'postMessage' | 'start' | 'close'> {
  on(event: 'close', listener: () => void): unknown;
}

/** What the shell uses of the application object. */
export interface LabApp
  extends Pick<Electron.App, 'whenReady' | 'quit' | 'exit' | 'getPath' | 'requestSingleInstanceLock' | 'enableSandbox'> {
  on(event: 'before-quit', listener: (event: Preventable) => void): unknown;
  on(event: 'window-all-closed', listener: () => void): unknown;
  on(event: 'second-instance', listener: () => void): unknown;
}

/** What the shell uses of the main process's end of the messages. */
export interface LabIpcMain extends Pick<Electron.IpcMain, 'handle'> {
  on(channel: string, listener: (event: Electron.IpcMainEvent, ...args: unknown[]) => void): unknown;
}

/**
 * All that the shell uses of Electron's main-process module. Electron itself fits, and so does a double in the tests:
 * methods are picked from Electron's own declarations and the entry hands Electron in, so that the compiler finds any
 * drift on either side. Events are listed one by one, because Electron's own `on` returns the whole object.
 */
export interface ElectronModule {
  readonly app: LabApp;
  readonly protocol: Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>;
  readonly session: {
    readonly defaultSession: Pick<
      Electron.Session,
      'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
    >;
  };
  readonly ipcMain: LabIpcMain;
  readonly screen: Pick<Electron.Screen, 'getDisplayMatching'>;
  readonly dialog: Pick<Electron.Dialog, 'showErrorBox'>;
  readonly Menu: { setApplicationMenu(menu: null): void };
  readonly BrowserWindow: new (options: Electron.BrowserWindowConstructorOptions) => LabWindow;
  readonly MessageChannelMain: new () => { readonly port1: LabPort; readonly port2: Electron.MessagePortMain };
}
