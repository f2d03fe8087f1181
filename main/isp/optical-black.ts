import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Mosaic } from '../frame/mosaic.ts';
import { opticalBlackLevels } from '../frame/optical-black.ts';

/**
 * The sensor with the black levels that this frame itself has where no light reaches its samples, one for each position of the cell. The
 * same object where the sensor has no such areas, and where they tell no levels: they are too small or see light.
 */
export function withMeasuredBlack(sensor: SensorDescription, mosaic: Omit<Mosaic, 'sensor'>): SensorDescription {
  const { opticalBlack, whiteLevel } = sensor;
  const blackLevels = opticalBlack && opticalBlackLevels({ readout: mosaic, areas: opticalBlack, whiteLevel });
  return blackLevels ? { ...sensor, blackLevels } : sensor;
}
