import type { PreloadBridge } from '../../preload/contract.ts';
import { createElectronTransport } from '../client/electron-transport.ts';
import { createHttpTransport } from '../client/http-transport.ts';
import type { LabTransport } from '../client/lab-client.ts';
import { createLabClient } from '../client/lab-client.ts';
import type { LabServices } from '../panels/panel-context.ts';
import { CatalogueEditor } from '../store/catalogue-editor.ts';
import { ChainEditor } from '../store/chain-editor.ts';
import { ControlEditor } from '../store/control-editor.ts';
import { EditHistory } from '../store/edit-history.ts';
import { createLabActions } from '../store/lab-actions.ts';
import { followLab } from '../store/lab-sync.ts';
import type { Keep } from '../store/page-store.ts';
import { browserKeep, createPageStore } from '../store/page-store.ts';
import { ParameterEditor } from '../store/parameter-editor.ts';
import { PresetEditor } from '../store/preset-editor.ts';
import { createReport } from '../store/report.ts';
import { ScopeEditor } from '../store/scope-editor.ts';
import { createLabStore } from '../store/store.ts';
import { createViewProbe } from '../view/view-probe.ts';
import { ViewerController } from '../view/viewer-controller.ts';
import { copyText } from './clipboard.ts';

declare global {
  interface Window {
    /** Only in the Electron shell. */
    readonly cameraLab?: PreloadBridge;
  }
}

/** What differs between a browser and a test. */
export interface ServicesMeans {
  readonly transport: LabTransport;
  readonly keep: Keep;
  readonly viewId: string;
  readonly schedule: (callback: () => void) => unknown;
  readonly now: () => number;
  readonly surround: () => number;
  readonly copyText: (text: string) => Promise<void>;
}

/** Builds everything that panels and commands stand on. Nothing flows before {@link connectPage} or `followLab`. */
export function createServices(means: ServicesMeans): LabServices & { readonly report: ReturnType<typeof createReport> } {
  const { schedule, now } = means;
  const client = createLabClient(means.transport);
  const store = createLabStore();
  const page = createPageStore(means.keep);
  const report = createReport(store);
  const history = new EditHistory();
  const actions = createLabActions(client, store, report);
  const parameters = new ParameterEditor({ client, store, report, history, schedule, now });
  return {
    client,
    store,
    page,
    report,
    history,
    actions,
    parameters,
    presets: new PresetEditor({ client, store, report, parameters }),
    controls: new ControlEditor({ client, store, report, history, schedule, now }),
    catalogue: new CatalogueEditor({ client, store, report }),
    scope: new ScopeEditor({ client, store, report, parameters, inform: actions.inform, copyText: means.copyText }),
    chain: new ChainEditor({ client, store, report, history, schedule, now }),
    viewer: new ViewerController({ client, page, viewId: means.viewId, requestFrame: schedule, surround: means.surround }),
    copyText: means.copyText,
  };
}

/** The services of this page, connected to the shell it runs in. */
export function connectPage(): LabServices {
  const bridge = window.cameraLab;
  const services = createServices({
    transport: bridge ? createElectronTransport(bridge) : createHttpTransport(),
    keep: browserKeep(),
    viewId: `page-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(16)}`,
    schedule: (callback) => requestAnimationFrame(callback),
    now: () => performance.now(),
    surround: surroundLevel,
    copyText,
  });
  Object.defineProperty(window, 'cameraLabView', { value: createViewProbe(services.viewer) });
  followLab(services.client, services.store, services.report);
  return services;
}

/** The token of theme/tokens.css, so that the canvas and the page around it are the same grey. */
function surroundLevel(): number {
  return Number(getComputedStyle(document.documentElement).getPropertyValue('--surround-level')) / 255;
}
