import { InputError } from '../base/errors.ts';
import type { Camera, CameraMode } from './camera.ts';

/** The camera's mode of that id; an InputError that lists the modes where it has none. */
export function modeOf(camera: Pick<Camera, 'name' | 'modes'>, modeId: string): CameraMode {
  const mode = camera.modes.find((candidate) => candidate.id === modeId);
  if (mode !== undefined) return mode;
  const known = camera.modes.map((candidate) => candidate.id).join(', ');
  throw new InputError('camera.unknown-mode', `Expected a mode of ${camera.name} (${known}) but received ${modeId}`);
}
