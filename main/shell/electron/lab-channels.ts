import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import type { CallOutcome } from '../../../preload/contract.ts';
import type { Closeable } from '../../base/lifetime.ts';
import type { LabService } from '../service.ts';
import { isPageUrl } from './app-scheme.ts';
import type { ElectronModule, LabWebContents } from './electron-module.ts';
import { ViewPorts } from './view-ports.ts';

const viewIdentity = z.string().min(1).max(64);

const refused: CallOutcome<never> = {
  ok: false,
  error: { code: 'shell.sender', message: 'Expected a call from the lab window but received one from elsewhere' },
};

/** Whether a message comes from the main frame of the lab's own page in the lab's own window. */
function comesFrom(page: LabWebContents, event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame;
  return event.sender.id === page.id && frame !== null && frame.parent === null && isPageUrl(frame.url);
}

/**
 * Connects one page with the lab: calls, events and views, each message's sender checked. Closing ends the views and the
 * events; calls are then answered by a lab that is closing.
 */
export function connectPage(
  electron: Pick<ElectronModule, 'ipcMain' | 'MessageChannelMain'>,
  service: LabService,
  page: LabWebContents,
): Closeable {
  const views = new ViewPorts(electron, service);
  electron.ipcMain.handle('lab:call', (event, name: unknown, payload: unknown) =>
    comesFrom(page, event) ? service.call(String(name), payload) : refused,
  );
  electron.ipcMain.on('lab:view', (event, viewId: unknown) => {
    const parsed = viewIdentity.safeParse(viewId);
    if (comesFrom(page, event) && parsed.success) views.open(parsed.data, page);
  });
  const unsubscribe = service.subscribe((name, payload) => {
    if (!page.isDestroyed()) page.send('lab:event', name, payload);
  });
  page.on('render-process-gone', () => views.close());
  page.on('destroyed', () => views.close());
  const close = () => {
    unsubscribe();
    views.close();
  };
  return { close, [Symbol.dispose]: close };
}
