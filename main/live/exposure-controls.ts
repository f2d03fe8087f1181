import type { ControlDescription } from '../../preload/contract.ts';
import { microsPerUnit, roleOf } from '../camera/control/control-roles.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import type { CameraLimits } from '../isp/fast-algo-parameters.ts';

/** An exposure as algorithms reckon with it. */
export interface Exposure {
  readonly exposureMicros: number;
  /** A factor; 1 where the camera has no gain whose unit is one. */
  readonly analogueGain: number;
}

/**
 * A camera's controls as algorithms set exposure with them: its exposure time, and its gain where the device says that it is a factor.
 * A gain in codes of the driver's own is left alone.
 */
export interface ExposureControls {
  /** Ids that algorithms may write. */
  readonly ids: readonly string[];
  readonly limits: CameraLimits;
  /** What was in effect while a frame was exposed; undefined where its metadata does not say. */
  inEffect(meta: Pick<FrameMeta, 'controls'>): Exposure | undefined;
  /** Values of the controls for an exposure. */
  valuesFor(exposure: Exposure): ReadonlyMap<string, number>;
}

/** Ids of the gains that are factors; the total gain of the sensor is their product. A gain in codes of the driver's own is none of it. */
export function gainControlIds(controls: readonly ControlDescription[]): readonly string[] {
  return controls.filter((control) => roleOf(control) === 'gain' && control.unit === '×').map(({ id }) => id);
}

/** Reads a camera's list; undefined where no exposure time can be written. A frame is exposed no longer than its interval. */
export function exposureControlsOf(
  controls: readonly ControlDescription[],
  framesPerSecond: number,
): ExposureControls | undefined {
  const time = controls.find((control) => microsPerUnit(control) !== undefined && !control.readOnly);
  if (!time) return undefined;
  const gains = controls.filter((control) => roleOf(control) === 'gain' && control.unit === '×' && !control.readOnly);
  const gain = gains.find(({ id }) => !id.startsWith('digital')) ?? gains[0];
  const micros = microsPerUnit(time) as number;
  const frameMicros = framesPerSecond > 0 ? 1e6 / framesPerSecond : Number.POSITIVE_INFINITY;
  const leastExposureMicros = Math.max(1, time.minimum * micros);
  return {
    ids: gain ? [time.id, gain.id] : [time.id],
    limits: {
      leastExposureMicros,
      mostExposureMicros: Math.max(leastExposureMicros, Math.min(time.maximum * micros, frameMicros)),
      leastGain: gain?.minimum ?? 1,
      mostGain: gain?.maximum ?? 1,
    },
    inEffect: ({ controls: values }) => {
      const exposure = values[time.id];
      if (exposure === undefined || !(exposure > 0)) return undefined;
      return { exposureMicros: exposure * micros, analogueGain: (gain && values[gain.id]) ?? 1 };
    },
    valuesFor: ({ exposureMicros, analogueGain }) =>
      new Map([[time.id, exposureMicros / micros], ...(gain ? [[gain.id, analogueGain] as const] : [])]),
  };
}
