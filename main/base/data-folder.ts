import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the lab keeps what it records, by the platform's custom; `CAMERA_LAB_HOME` overrides it. Nothing is created here.
 */
export function defaultDataFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.CAMERA_LAB_HOME) return env.CAMERA_LAB_HOME;
  if (process.platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Camera Lab');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Camera Lab');
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'camera-lab');
}

/** Where the data folder keeps what the user asked of each camera's controls. */
export function controlsFolder(dataFolder: string): string {
  return join(dataFolder, 'controls');
}

/** Where the data folder keeps the tuning file of each camera. */
export function tuningsFolder(dataFolder: string): string {
  return join(dataFolder, 'tunings');
}

/** Where the data folder keeps the user's own packages of processors, a folder each. */
export function processorsFolder(dataFolder: string): string {
  return join(dataFolder, 'processors');
}

/** The file in which the data folder keeps which packages the user trusts, has switched off, and where else they lie. */
export function packageSettingsFile(dataFolder: string): string {
  return join(dataFolder, 'processor-packages.json');
}

/** The file in which the data folder keeps the chain around the ISP, with the values of its parameters. */
export function chainFile(dataFolder: string): string {
  return join(dataFolder, 'chain.json');
}

/** The file in which the data folder keeps the presets of processors' parameters. */
export function presetsFile(dataFolder: string): string {
  return join(dataFolder, 'presets.json');
}
