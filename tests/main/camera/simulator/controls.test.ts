import { describe, expect, it } from 'vitest';
import { controlsOfScene, settingsOfControls } from '../../../../main/camera/simulator/controls.ts';
import { defaultFrameSettings, type FrameSettings } from '../../../../main/camera/simulator/frame-settings.ts';
import { controlDescription } from '../../../../preload/contract.ts';

const controls = controlsOfScene({});

/** The settings that differ from the defaults. */
function changedBy(values: Readonly<Record<string, number>>): Partial<FrameSettings> {
  const settings = Object.entries(settingsOfControls(values));
  return Object.fromEntries(settings.filter(([name, value]) => value !== defaultFrameSettings[name as keyof FrameSettings]));
}

describe('controls', () => {
  it('leave every setting at its default at theirs', () => {
    expect(settingsOfControls({})).toEqual(defaultFrameSettings);
    const values = Object.fromEntries(controls.map(({ id, defaultValue }) => [id, Number(defaultValue)]));
    expect(settingsOfControls(values)).toEqual(defaultFrameSettings);
  });

  it.each([
    ['exposure', 5000, { exposureMicros: 5000 }],
    ['analogue_gain', 2.5, { analogueGain: 2.5 }],
    ['noise', 0, { noise: false }],
    ['motion', 0, { motion: false }],
    ['readout', 12_000, { readoutMicros: 12_000 }],
    ['illuminant', 1, { illuminantKind: 'fluorescent' }],
    ['illuminant', 2, { illuminantKind: 'led' }],
    ['illuminant_cct', 2856, { illuminantKelvin: 2856 }],
    ['illuminance_lux', 40, { illuminanceLux: 40 }],
    ['flicker', 1, { flickerMainsHertz: 50 }],
    ['flicker', 2, { flickerMainsHertz: 60 }],
    ['flicker_depth', 50, { flickerDepth: 0.5 }],
    ['colour_filters', 1, { filters: 'absorptive' }],
    ['lens_blur', 0.75, { blurSigmaPixels: 0.75 }],
    ['lateral_ca', -2, { lateralPixels: -2 }],
    ['vignetting', 25, { vignetting: 0.25 }],
    ['colour_shading', -10, { colourShading: -0.1 }],
    ['prnu', 0.5, { prnu: 0.005 }],
    ['dsnu', 4, { dsnuElectrons: 4 }],
    ['hot_pixels', 10, { hotPerMegapixel: 10 }],
    ['dead_pixels', 20, { deadPerMegapixel: 20 }],
    ['stuck_pixels', 30, { stuckPerMegapixel: 30 }],
  ] as const)('%s at %d changes its setting alone, in its unit', (id, value, changed) => {
    expect(controls.map((control) => control.id)).toContain(id);
    expect(changedBy({ [id]: value })).toEqual(changed);
  });

  it('have whole descriptions: a range with its default in it, a unit for every quantity, a line of help', () => {
    expect(new Set(controls.map(({ id }) => id)).size).toBe(controls.length);
    for (const control of controls) {
      expect(controlDescription.parse(control)).toEqual(control);
      expect(control.help, control.id).toMatch(/^[A-Z].{9,}[^.]$/);
      expect(Number(control.defaultValue)).toBeGreaterThanOrEqual(control.minimum);
      expect(Number(control.defaultValue)).toBeLessThanOrEqual(control.maximum);
      expect(control.unit !== undefined, control.id).toBe(control.type === 'integer' || control.type === 'number');
    }
  });

  it('have a path to a picture only where the scene shows one', () => {
    expect(controls.map(({ id }) => id)).not.toContain('image_path');
    expect(controlsOfScene({ showsPicture: true }).at(-1)).toMatchObject({ id: 'image_path', type: 'text', value: '' });
  });
});
