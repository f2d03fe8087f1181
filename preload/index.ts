import { contextBridge, ipcRenderer } from 'electron';
import type { PreloadBridge } from './contract.ts';

const bridge: PreloadBridge = {
  call: (name, payload) => ipcRenderer.invoke('lab:call', name, payload),
  subscribe(listener) {
    const forward = (_event: unknown, ...[name, payload]: Parameters<typeof listener>) => listener(name, payload);
    ipcRenderer.on('lab:event', forward);
    return () => ipcRenderer.off('lab:event', forward);
  },
  openView: (viewId) => ipcRenderer.send('lab:view', viewId),
};

// A port cannot cross the context bridge; it reaches the page as a message of its own window.
ipcRenderer.on('lab:view', (event, view: { viewId: string }) => {
  window.postMessage({ viewId: view.viewId }, window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld('cameraLab', bridge);
