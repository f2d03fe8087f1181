import { createServices } from '../../../renderer/shell/services.ts';
import { followLab } from '../../../renderer/store/lab-sync.ts';
import { FakeLab } from './fake-lab.ts';
import { createFakeTransport } from './fake-transport.ts';

/** Lets everything that was answered at once reach the page. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The page's services on a fake lab, connected, with animation frames that the test releases and a clock that it sets. */
export async function connectToFakeLab(lab = new FakeLab()) {
  const transport = createFakeTransport(lab);
  const frames: (() => void)[] = [];
  const kept = new Map<string, string>();
  const copied: string[] = [];
  const clock = { nowMillis: 0 };
  const services = createServices({
    transport,
    keep: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    viewId: 'main',
    schedule: (callback) => frames.push(callback),
    now: () => clock.nowMillis,
    surround: () => 0.1,
    copyText: async (text) => void copied.push(text),
  });
  followLab(services.client, services.store, services.report);
  await settle();
  /** Runs what waits for the next animation frame and lets the lab answer. */
  async function animationFrame(): Promise<void> {
    for (const callback of frames.splice(0)) callback();
    await settle();
  }
  return { lab, transport, services, kept, copied, clock, animationFrame };
}
