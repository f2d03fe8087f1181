import type { StreamState } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { Camera, CameraMode } from '../camera/camera.ts';

/** What a stream does. */
export type Phase = StreamState['phase'];

/** Phases in which each operation may begin. The others refuse with one sentence. */
const allowedPhases = {
  start: ['stopped', 'streaming', 'failed'],
  stop: ['streaming', 'stopped', 'failed', 'closed'],
} as const satisfies Record<string, readonly Phase[]>;

/** Throws InputError, naming both phases, where an operation may not begin. */
export function expectPhase(operation: keyof typeof allowedPhases, phase: Phase): void {
  const allowed: readonly Phase[] = allowedPhases[operation];
  if (allowed.includes(phase)) return;
  throw new InputError(
    'stream.wrong-phase',
    `Expected a stream that is ${allowed.join(' or ')} but received one that is ${phase}`,
    phase === 'closed' ? 'Open a source first.' : 'Wait until it is ready.',
  );
}

/** A mode of the camera. Throws InputError with the ids that there are. */
export function modeOf({ modes, name }: Camera, modeId: string | undefined): CameraMode {
  const mode = modes.find((candidate) => candidate.id === modeId);
  if (mode) return mode;
  const known = modes.map((candidate) => candidate.id).join(', ');
  throw new InputError('stream.unknown-mode', `Expected a mode of ${name} (${known}) but received ${modeId}`);
}
