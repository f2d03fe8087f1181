import type { CfaOrder } from '../../frame/pixel-format.ts';
import { length } from './coverage.ts';
import type { FrameSettings } from './frame-settings.ts';
import { channelsOfCell } from './light-canvas.ts';
import { mixed, NoiseSource, uniformSequence } from './noise-source.ts';
import { type Defect, type PixelResponse, sensorConstants } from './sensor-model.ts';

/** What sets the pixels of a sensor apart from each other. */
export type ResponseSettings = Pick<
  FrameSettings,
  'vignetting' | 'colourShading' | 'prnu' | 'dsnuElectrons' | 'hotPerMegapixel' | 'deadPerMegapixel' | 'stuckPerMegapixel'
>;

/** Tell apart what is drawn for a pixel. */
const prnuKey = 0x1f83d9ab;
const dsnuKey = 0x5be0cd19;
const defectKeys = { hot: 0x3c6ef372, dead: 0x510e527f, stuck: 0x2545f491 } as const;

/** Dark currents of hot pixels, electrons per microsecond: between them every decade has as many. */
const hotCurrents = { least: 0.02, most: 0.5 } as const;

/**
 * The share of light that reaches a point through lens and filters, 1 in the middle: 1 / (1 + k r²)², as the cosine's fourth
 * power falls, where r is 1 at the corner and k such that the corner loses what the settings say. Coordinates are in pixels.
 */
export function shadingAt(
  { vignetting, colourShading }: Pick<FrameSettings, 'vignetting' | 'colourShading'>,
  width: number,
  height: number,
  x: number,
  y: number,
  channel: 0 | 1 | 2,
): number {
  const lost = vignetting + colourShading * (1 - channel);
  const radius = length(x - width / 2, y - height / 2) / length(width / 2, height / 2);
  const bend = 1 / Math.sqrt(1 - lost) - 1;
  return 1 / (1 + bend * radius * radius) ** 2;
}

/** The response of every pixel of a sensor of that size; equal seeds give equal ones. Takes some 100 ms for two megapixels. */
export function pixelResponse(
  settings: ResponseSettings,
  width: number,
  height: number,
  cfa: CfaOrder,
  seed: number,
): PixelResponse {
  const { vignetting, colourShading, prnu, dsnuElectrons } = settings;
  const defects = defectsOf(settings, width, height, seed);
  if (vignetting === 0 && colourShading === 0 && prnu === 0 && dsnuElectrons === 0) return { defects };
  const channels = channelsOfCell(cfa);
  const noise = new NoiseSource(seed, 0);
  const gains = new Float32Array(width * height).fill(1);
  const darkElectrons = new Float32Array(width * height);
  if (vignetting !== 0 || colourShading !== 0) {
    for (let index = 0; index < gains.length; index++) {
      const [x, y] = [index % width, Math.floor(index / width)];
      const channel = channels[(y & 1) * 2 + (x & 1)] as 0 | 1 | 2;
      gains[index] = shadingAt(settings, width, height, x + 0.5, y + 0.5, channel);
    }
  }
  for (let index = 0; index < gains.length && prnu !== 0; index++) {
    gains[index] = (gains[index] as number) * Math.max(0, 1 + prnu * noise.fixedAt(index, prnuKey));
  }
  for (let index = 0; index < gains.length && dsnuElectrons !== 0; index++) {
    darkElectrons[index] = dsnuElectrons * noise.fixedAt(index, dsnuKey);
  }
  return { maps: { gains, darkElectrons }, defects };
}

/** No two at one place. More of a kind are the same ones and others, as long as the other kinds' counts stay. */
function defectsOf(settings: ResponseSettings, width: number, height: number, seed: number): Defect[] {
  const taken = new Set<number>();
  const counts = { hot: settings.hotPerMegapixel, dead: settings.deadPerMegapixel, stuck: settings.stuckPerMegapixel };
  return (['hot', 'dead', 'stuck'] as const).flatMap((kind) => {
    const uniform = uniformSequence(mixed(seed) ^ defectKeys[kind]);
    const count = Math.round((counts[kind] * width * height) / 1e6);
    return Array.from({ length: count }, (): Defect => {
      let place = Math.floor(uniform() * width * height);
      while (taken.has(place)) place = (place + 1) % (width * height);
      taken.add(place);
      const strength = uniform();
      return {
        x: place % width,
        y: Math.floor(place / width),
        kind,
        electronsPerMicro: kind === 'hot' ? hotCurrents.least * (hotCurrents.most / hotCurrents.least) ** strength : 0,
        valueDn: kind === 'stuck' ? Math.floor(strength * (sensorConstants.whiteLevelDn + 1)) : 0,
      };
    });
  });
}
