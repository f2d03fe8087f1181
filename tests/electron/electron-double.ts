import { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type { ElectronModule, LabApp, LabPort, LabWebContents, LabWindow } from '../../main/shell/electron/electron-module.ts';

type InvokeHandler = Parameters<ElectronModule['ipcMain']['handle']>[1];
type SchemeHandler = Parameters<ElectronModule['protocol']['handle']>[1];
type Defined<T> = Exclude<T, null>;
type PermissionRequestHandler = Defined<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>;
type PermissionCheckHandler = Defined<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>;
type WindowOpenHandler = Parameters<LabWebContents['setWindowOpenHandler']>[0];

/** What happened to the double, in order, each as a short line such as `app.quit`. */
export type Journal = string[];

/** A port that keeps what is posted. `remoteCloses` is the page letting go of its end. */
export class PortDouble extends EventEmitter implements LabPort {
  readonly posted: Uint8Array[] = [];
  closed = false;
  started = false;

  postMessage(message: Uint8Array): void {
    this.posted.push(structuredClone(message));
  }

  start(): void {
    this.started = true;
  }

  close(): void {
    this.closed = true;
  }

  remoteCloses(): void {
    this.emit('close');
  }
}

/** The page's side of a window: keeps what is sent to it. */
export class WebContentsDouble extends EventEmitter implements LabWebContents {
  readonly id = 7;
  readonly sent: unknown[][] = [];
  readonly received: { channel: string; message: unknown; ports: readonly unknown[] }[] = [];
  windowOpenHandler: WindowOpenHandler | undefined;
  destroyed = false;

  send(channel: string, ...args: unknown[]): void {
    this.sent.push([channel, ...args]);
  }

  postMessage(channel: string, message: unknown, transfer: Electron.MessagePortMain[] = []): void {
    this.received.push({ channel, message, ports: transfer });
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.windowOpenHandler = handler;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  /** Emits an event that can be prevented and tells whether somebody did. */
  prevents(name: string): boolean {
    let prevented = false;
    this.emit(name, { preventDefault: () => (prevented = true) });
    return prevented;
  }
}

/** A window that is never shown; `loadUrlError` makes its page fail to load. */
export class WindowDouble extends EventEmitter implements LabWindow {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents = new WebContentsDouble();
  readonly loaded: string[] = [];
  readonly calls: Journal = [];
  loadUrlError: Error | undefined;
  minimised = false;

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  async loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    if (this.loadUrlError !== undefined) throw this.loadUrlError;
  }

  show(): void {
    this.calls.push('show');
  }

  focus(): void {
    this.calls.push('focus');
  }

  restore(): void {
    this.calls.push('restore');
  }

  maximize(): void {
    this.calls.push('maximize');
  }

  isMinimized(): boolean {
    return this.minimised;
  }

  isMaximized(): boolean {
    return true;
  }

  getNormalBounds(): Electron.Rectangle {
    return { x: 10, y: 20, width: 1200, height: 800 };
  }
}

/** Electron's application object; `before-quit` and `will-quit` follow `quit()` as in the real one. */
export class AppDouble extends EventEmitter implements LabApp {
  readonly journal: Journal;
  readonly #userData: string;
  isFirstInstance = true;
  exitCode: number | undefined;

  constructor(journal: Journal, userData: string) {
    super();
    this.journal = journal;
    this.#userData = userData;
  }

  async whenReady(): Promise<void> {
    this.journal.push('app.ready');
  }

  quit(): void {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    this.journal.push(prevented ? 'app.quit prevented' : 'app.quit');
    if (!prevented) this.emit('will-quit');
  }

  exit(exitCode?: number): void {
    this.exitCode = exitCode;
  }

  getPath(): string {
    return this.#userData;
  }

  requestSingleInstanceLock(): boolean {
    return this.isFirstInstance;
  }

  enableSandbox(): void {
    this.journal.push('app.enableSandbox');
  }
}

/** Keeps the handlers that the shell installs, so that a test can call them as Electron would. */
export class ElectronDouble implements ElectronModule {
  readonly journal: Journal = [];
  readonly schemes: Electron.CustomScheme[] = [];
  readonly schemeHandlers = new Map<string, SchemeHandler>();
  readonly invokeHandlers = new Map<string, InvokeHandler>();
  readonly windows: WindowDouble[] = [];
  readonly channels: { readonly port1: PortDouble; readonly port2: PortDouble }[] = [];
  readonly errorBoxes: string[][] = [];
  readonly ipcEvents = new EventEmitter();
  permissionRequestHandler: PermissionRequestHandler | undefined;
  permissionCheckHandler: PermissionCheckHandler | undefined;
  devicePermissionHandler: (() => boolean) | undefined;
  workArea: Electron.Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };
  loadUrlError: Error | undefined;
  readonly app: AppDouble;

  constructor(userData: string) {
    this.app = new AppDouble(this.journal, userData);
  }

  readonly protocol: ElectronModule['protocol'] = {
    registerSchemesAsPrivileged: (schemes) => {
      this.journal.push('protocol.registerSchemesAsPrivileged');
      this.schemes.push(...schemes);
    },
    handle: (scheme, handler) => void this.schemeHandlers.set(scheme, handler),
  };

  readonly session: ElectronModule['session'] = {
    defaultSession: {
      setPermissionRequestHandler: (handler) => {
        this.permissionRequestHandler = handler ?? undefined;
      },
      setPermissionCheckHandler: (handler) => {
        this.permissionCheckHandler = handler ?? undefined;
      },
      setDevicePermissionHandler: (handler) => {
        this.devicePermissionHandler =
          handler === null ? undefined : () => handler({} as Electron.DevicePermissionHandlerHandlerDetails);
      },
    },
  };

  readonly ipcMain: ElectronModule['ipcMain'] = {
    handle: (channel, listener) => void this.invokeHandlers.set(channel, listener),
    on: (channel, listener) => {
      this.ipcEvents.on(channel, listener);
    },
  };

  readonly screen: ElectronModule['screen'] = {
    getDisplayMatching: () => ({ workArea: this.workArea }) as Electron.Display,
  };

  readonly dialog: ElectronModule['dialog'] = {
    showErrorBox: (title, content) => void this.errorBoxes.push([title, content]),
  };

  readonly Menu: ElectronModule['Menu'] = { setApplicationMenu: () => this.journal.push('Menu.setApplicationMenu') };

  readonly BrowserWindow = windowClass(this);

  readonly MessageChannelMain = channelClass(this);

  /** The only window; throws while there is none. */
  get window(): WindowDouble {
    const [window] = this.windows;
    if (window === undefined) throw new Error('Expected a window but received none');
    return window;
  }
}

function windowClass(electron: ElectronDouble): new (options: Electron.BrowserWindowConstructorOptions) => WindowDouble {
  return class extends WindowDouble {
    constructor(options: Electron.BrowserWindowConstructorOptions) {
      super(options);
      this.loadUrlError = electron.loadUrlError;
      electron.windows.push(this);
    }
  };
}

function channelClass(electron: ElectronDouble): ElectronModule['MessageChannelMain'] {
  return class {
    readonly port1 = new PortDouble();
    readonly port2 = new PortDouble();

    constructor() {
      electron.channels.push(this);
    }
  };
}
