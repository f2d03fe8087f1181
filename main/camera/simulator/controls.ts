import type { ControlDescription } from '../../../preload/contract.ts';
import { sensorConstants } from './sensor-model.ts';

const { defaultExposureMicros, defaultIlluminantKelvin } = sensorConstants;

const boolean = { type: 'boolean', minimum: 0, maximum: 1, step: 1, defaultValue: 1, value: 1, readOnly: false } as const;

/** The simulator's controls at their defaults. Exposure and gain change what the sensor counts, the illuminant its colour. */
export const simulatorControls: readonly ControlDescription[] = [
  {
    id: 'exposure',
    label: 'Exposure time',
    group: 'Sensor',
    type: 'integer',
    minimum: 100,
    maximum: 33_000,
    step: 10,
    defaultValue: defaultExposureMicros,
    value: defaultExposureMicros,
    unit: 'µs',
    help: 'Time in which photons are counted; a mode with a shorter frame time shortens it',
    readOnly: false,
  },
  {
    id: 'analogue_gain',
    label: 'Analogue gain',
    group: 'Sensor',
    type: 'number',
    minimum: 1,
    maximum: 16,
    step: 0.01,
    defaultValue: 1,
    value: 1,
    unit: '×',
    help: 'Amplification before the converter; it brightens signal and noise alike',
    readOnly: false,
  },
  {
    id: 'illuminant',
    label: 'Illuminant',
    group: 'Scene',
    type: 'integer',
    minimum: 2500,
    maximum: 7500,
    step: 10,
    defaultValue: defaultIlluminantKelvin,
    value: defaultIlluminantKelvin,
    unit: 'K',
    help: 'Colour temperature of the lamp; it changes red and blue against green',
    readOnly: false,
  },
  { id: 'motion', label: 'Motion', group: 'Scene', ...boolean, help: 'The star turns and the ball rolls' },
  { id: 'noise', label: 'Noise', group: 'Sensor', ...boolean, help: 'Shot noise and read noise' },
];
