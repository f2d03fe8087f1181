import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ElectronModule, LabWindow } from './electron-module.ts';

const windowPlacement = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(640), height: z.int().min(480) }),
  maximised: z.boolean(),
});

/** Where the window was when it was last closed. Screen coordinates in device-independent pixels. */
export type WindowPlacement = z.infer<typeof windowPlacement>;

/** Whether a part of the window large enough to grab lies on a display that is there now. */
function isReachable(screen: ElectronModule['screen'], bounds: WindowPlacement['bounds']): boolean {
  const area = screen.getDisplayMatching(bounds).workArea;
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const height = Math.min(bounds.y + bounds.height, area.y + area.height) - Math.max(bounds.y, area.y);
  return width >= 120 && height >= 60;
}

/** The remembered placement, or `undefined` where there is none, it cannot be read, or no display shows it any more. */
export async function readWindowPlacement(file: string, screen: ElectronModule['screen']): Promise<WindowPlacement | undefined> {
  try {
    const placement = windowPlacement.parse(JSON.parse(await readFile(file, 'utf8')));
    return isReachable(screen, placement.bounds) ? placement : undefined;
  } catch {
    // A lost placement costs the user one drag; the window opens in its default place.
    return undefined;
  }
}

/** Remembers where a window is. Rejects where the file cannot be written. */
export async function writeWindowPlacement(file: string, window: LabWindow): Promise<void> {
  const placement: WindowPlacement = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(placement)}\n`);
}
