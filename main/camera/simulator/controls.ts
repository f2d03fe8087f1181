import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { defaultFrameSettings, type FrameSettings, referenceLux } from './frame-settings.ts';
import type { Scene } from './scene.ts';

/** A control and the setting of a frame that it stands for. */
interface SettingControl {
  readonly control: ControlDescription;
  /** The setting at a value of the control. */
  readonly settingAt: (value: number) => Partial<FrameSettings>;
}

type Range = Pick<ControlDescription, 'minimum' | 'maximum' | 'step'> & { readonly unit?: string };
type Words = Pick<ControlDescription, 'id' | 'label' | 'group' | 'help'>;

/** Settings that are numbers or switches. */
type ScalarSetting = {
  [Name in keyof FrameSettings]: FrameSettings[Name] extends number | boolean ? Name : never;
}[keyof FrameSettings];

function quantity(setting: ScalarSetting, words: Words, range: Range, scale = 1): SettingControl {
  const value = Number(defaultFrameSettings[setting]) / scale;
  const type = Number.isInteger(range.step) ? 'integer' : 'number';
  return {
    control: { ...words, type, ...range, defaultValue: value, value, readOnly: false },
    settingAt: (chosen) => ({ [setting]: chosen * scale }),
  };
}

function toggle(setting: 'motion' | 'noise', words: Words): SettingControl {
  const value = Number(defaultFrameSettings[setting]);
  const range = { minimum: 0, maximum: 1, step: 1 };
  return {
    control: { ...words, type: 'boolean', ...range, defaultValue: value, value, readOnly: false },
    settingAt: (chosen) => ({ [setting]: chosen === 1 }),
  };
}

function menu<Setting extends 'illuminantKind' | 'filters' | 'flickerMainsHertz'>(
  setting: Setting,
  words: Words,
  choices: readonly (readonly [setting: FrameSettings[Setting], label: string])[],
): SettingControl {
  const value = choices.findIndex(([choice]) => choice === defaultFrameSettings[setting]);
  const options = choices.map(([, label], index) => ({ value: index, label }));
  const range = { minimum: 0, maximum: choices.length - 1, step: 1 };
  return {
    control: { ...words, type: 'menu', ...range, options, defaultValue: value, value, readOnly: false },
    settingAt: (chosen) => ({ [setting]: choices[chosen]?.[0] ?? defaultFrameSettings[setting] }),
  };
}

const percent = { unit: '%' };
const perMegapixel = { minimum: 0, maximum: 1000, step: 1, unit: '/MP' };

const settingControls: readonly SettingControl[] = [
  quantity(
    'exposureMicros',
    {
      ...{ id: 'exposure', label: 'Exposure time', group: 'Sensor' },
      help: 'Time in which photons are counted; a mode with a shorter frame time shortens it',
    },
    { minimum: 100, maximum: 33_000, step: 10, unit: 'µs' },
  ),
  {
    control: {
      ...{ id: 'analogue_gain', label: 'Analogue gain', group: 'Sensor' },
      ...{ type: 'number', minimum: 1, maximum: 16, step: 0.01, defaultValue: 1, value: 1, unit: '×', readOnly: false },
      help: 'Amplification before the converter; it brightens signal and noise alike',
    },
    settingAt: (analogueGain) => ({ analogueGain }),
  },
  quantity(
    'readoutMicros',
    {
      ...{ id: 'readout', label: 'Read-out time', group: 'Sensor' },
      help: 'From the first row to the last one of the rolling shutter; 0 is a global shutter',
    },
    { minimum: 0, maximum: 33_000, step: 10, unit: 'µs' },
  ),
  toggle('noise', { id: 'noise', label: 'Noise', group: 'Sensor', help: 'Shot noise and read noise' }),
  menu(
    'filters',
    {
      ...{ id: 'colour_filters', label: 'Colour filters', group: 'Sensor' },
      help: 'Colorimetric ones have an exact colour matrix; absorptive ones leave the errors of a real sensor',
    },
    [
      ['colorimetric', 'Colorimetric'],
      ['absorptive', 'Absorptive'],
    ],
  ),
  menu(
    'illuminantKind',
    {
      ...{ id: 'illuminant', label: 'Illuminant', group: 'Light' },
      help: 'The lamp: a black body below 4000 K and CIE daylight above, a three-band tube, or a white LED',
    },
    [
      ['temperature', 'Black body or daylight'],
      ['fluorescent', 'Fluorescent'],
      ['led', 'LED'],
    ],
  ),
  quantity(
    'illuminantKelvin',
    {
      ...{ id: 'illuminant_cct', label: 'Colour temperature', group: 'Light' },
      help: 'Of black body and daylight; the tube has 4170 K and the LED 4410 K',
    },
    { minimum: 2500, maximum: 7500, step: 10, unit: 'K' },
  ),
  quantity(
    'illuminanceLux',
    {
      ...{ id: 'illuminance_lux', label: 'Illuminance', group: 'Light' },
      help: `Light on the scene; the default exposure is made for ${referenceLux} lx`,
    },
    { minimum: 1, maximum: 20_000, step: 1, unit: 'lx' },
  ),
  menu(
    'flickerMainsHertz',
    {
      id: 'flicker',
      label: 'Flicker',
      group: 'Light',
      help: 'Mains that feed the lamp; its light swings at twice their frequency',
    },
    [
      [0, 'Off'],
      [50, '50 Hz'],
      [60, '60 Hz'],
    ],
  ),
  quantity(
    'flickerDepth',
    { id: 'flicker_depth', label: 'Flicker depth', group: 'Light', help: 'By how much the light swings about its mean' },
    { minimum: 0, maximum: 100, step: 1, ...percent },
    0.01,
  ),
  toggle('motion', { id: 'motion', label: 'Motion', group: 'Scene', help: 'What can move in the scene does' }),
  quantity(
    'blurSigmaPixels',
    { id: 'lens_blur', label: 'Blur', group: 'Lens', help: 'Standard deviation of the Gaussian that the lens makes of a point' },
    { minimum: 0, maximum: 5, step: 0.05, unit: 'px' },
  ),
  quantity(
    'lateralPixels',
    {
      ...{ id: 'lateral_ca', label: 'Lateral chromatic aberration', group: 'Lens' },
      help: 'Shift of red outwards and blue inwards at the corner',
    },
    { minimum: -8, maximum: 8, step: 0.1, unit: 'px' },
  ),
  quantity(
    'vignetting',
    { id: 'vignetting', label: 'Vignetting', group: 'Lens', help: 'Light that is lost at the corner in green' },
    { minimum: 0, maximum: 80, step: 1, ...percent },
    0.01,
  ),
  quantity(
    'colourShading',
    {
      id: 'colour_shading',
      label: 'Colour shading',
      group: 'Lens',
      help: 'Light that red loses more at the corner, and blue less',
    },
    { minimum: -15, maximum: 15, step: 1, ...percent },
    0.01,
  ),
  quantity(
    'prnu',
    {
      id: 'prnu',
      label: 'PRNU',
      group: 'Pixels',
      help: 'Photo-response non-uniformity: standard deviation of the pixels’ gains',
    },
    { minimum: 0, maximum: 5, step: 0.1, ...percent },
    0.01,
  ),
  quantity(
    'dsnuElectrons',
    { id: 'dsnu', label: 'DSNU', group: 'Pixels', help: 'Dark-signal non-uniformity: standard deviation of the pixels’ offsets' },
    { minimum: 0, maximum: 50, step: 0.1, unit: 'e⁻' },
  ),
  quantity(
    'hotPerMegapixel',
    {
      id: 'hot_pixels',
      label: 'Hot pixels',
      group: 'Pixels',
      help: 'Collect electrons in the dark, more of them the longer the exposure',
    },
    perMegapixel,
  ),
  quantity(
    'deadPerMegapixel',
    { id: 'dead_pixels', label: 'Dead pixels', group: 'Pixels', help: 'Do not see light' },
    perMegapixel,
  ),
  quantity(
    'stuckPerMegapixel',
    { id: 'stuck_pixels', label: 'Stuck pixels', group: 'Pixels', help: 'Always say the same' },
    perMegapixel,
  ),
];

const simulatorControls: readonly ControlDescription[] = settingControls.map(({ control }) => control);

/** The control that names the user's picture; only the scene that shows one has it. */
export const pictureControlId = 'image_path';

const pictureControl: ControlDescription = {
  ...{ id: pictureControlId, label: 'Image', group: 'Scene', type: 'text', minimum: 0, maximum: 4096, step: 1 },
  ...{ defaultValue: '', value: '', readOnly: false },
  help: 'Path of a PNG of 8 or 16 bits; its sRGB colours are taken as those of surfaces',
};

/** The controls of a simulator with that scene at their defaults: sensor, light, scene, lens, and what sets pixels apart. */
export function controlsOfScene({ showsPicture = false }: Pick<Scene, 'showsPicture'>): readonly ControlDescription[] {
  return showsPicture ? [...simulatorControls, pictureControl] : simulatorControls;
}

/** The controls with the values that they hold, and those marked that others have put out of effect. */
export function controlsAt(
  controls: readonly ControlDescription[],
  heldBy: (id: string) => ControlValue,
): readonly ControlDescription[] {
  const outOfEffect = new Set<string>();
  if (heldBy('illuminant') !== 0) outOfEffect.add('illuminant_cct');
  if (heldBy('flicker') === 0) outOfEffect.add('flicker_depth');
  return controls.map((control) => ({
    ...control,
    value: heldBy(control.id),
    ...(outOfEffect.has(control.id) ? { inactive: true } : {}),
  }));
}

/** What makes a frame at those values of controls, by id; controls that are not among them are at their defaults. */
export function settingsOfControls(values: Readonly<Record<string, number>>): FrameSettings {
  const chosen = settingControls.flatMap(({ control, settingAt }) => {
    const value = values[control.id];
    return value === undefined ? [] : [settingAt(value)];
  });
  return Object.assign({ ...defaultFrameSettings }, ...chosen);
}
