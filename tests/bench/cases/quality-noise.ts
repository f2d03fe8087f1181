import { groundTruth, renderFrame } from '../../../main/camera/simulator/ground-truth.ts';
import { noisePatches } from '../../../main/camera/simulator/scenes/noise-patches.ts';
import { slantedEdges } from '../../../main/camera/simulator/scenes/slanted-edge.ts';
import { sensorNoise, simulatedSensor } from '../../../main/camera/simulator/sensor-model.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import type { Mosaic } from '../../../main/live/single-frame.ts';
import { cpsnrOf8Bit } from '../../../main/quality/fidelity.ts';
import { croppedPlane, luminancePlane, type RgbImage } from '../../../main/quality/rgb-image.ts';
import { edgeResponse } from '../../../main/quality/slanted-edge.ts';
import { mergeBurst } from '../../../main/runtime/fusion/merge.ts';
import { type MergeSpec, mergedSensor, outputScaleFor } from '../../../main/runtime/fusion/merge-spec.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import type { PeerFigure, QualityFigure, QualityOutput, Target } from '../quality.ts';
import { openCvAbsent, openCvDenoised, openCvVersion } from './opencv-peer.ts';
import { meanOf, neutral, pictureOf } from './quality-pictures.ts';

const [width, height, burstFrames] = [960, 540, 4];
/** The same light on the sensor's range as at gain 1, with fewer electrons behind it. */
const analogueGain = 1.5;
const settings = { analogueGain, exposureMicros: 10_000 / analogueGain, blurSigmaPixels: 0.5, motion: false };
const { dnPerElectron, floorDn2 } = sensorNoise(analogueGain);
const sensor = { ...simulatedSensor('RGGB'), noise: { slope: dnPerElectron, offset: floorDn2 } };
const judgedScenes = ['chart', 'slanted-edge', 'noise-patches'];
const texture = 'dead-leaves';
const peerVersion = openCvVersion();
const denoised = new Map<string, ParameterValues>([
  ['FastISP, RAW noise reduction', { ...neutral.fast, raw_noise_reduction: true }],
  ['FastISP, chroma noise reduction', { ...neutral.fast, chroma_enabled: true }],
  ['FastISP, RAW and chroma noise reduction', { ...neutral.fast, raw_noise_reduction: true, chroma_enabled: true }],
]);
const slowLook = { sharpen_amount: 0 };

/** What a method made of one scene: decibels gained, and the MTF50 left where the scene has edges. */
interface Outcome {
  readonly gainDb: number;
  readonly mtf50Loss?: number;
}

const outcomes = new Map<string, Map<string, Outcome>>();

function frameOf(scene: string, sequence: number, noise = true): Mosaic {
  return { width, height, samples: renderFrame({ scene, width, height, sequence, settings: { ...settings, noise } }), sensor };
}

function burstOf(scene: string): Mosaic {
  const frames = Array.from({ length: burstFrames }, (_, sequence) => frameOf(scene, sequence).samples);
  const noise = { shotDn: dnPerElectron, readVarianceDn2: floorDn2 };
  const exposures = frames.map(() => ({ exposure: 1, noise }));
  const spec: MergeSpec = { width, height, sensor, frames: exposures, reference: 0, outputScale: outputScaleFor(sensor) };
  const samples = new Uint16Array(width * height);
  mergeBurst(spec, frames, samples);
  return { width, height, samples, sensor: mergedSensor(spec) };
}

/** Mean over all edges of the scene, cycles per pixel. */
function meanMtf50(picture: RgbImage): number {
  const luminance = luminancePlane(picture);
  return meanOf(slantedEdges(width, height).map(({ region }) => edgeResponse(croppedPlane(luminance, region)).mtf50));
}

/** Signal over noise of green at the patch nearest to 18 % of light, dB. */
function midGreySnrDb(): number {
  const patches = noisePatches(width, height);
  const away = (light: number): number => Math.abs(Math.log((light + 1e-9) / 0.18));
  const { rectangle } = patches.reduce((best, patch) => (away(patch.light) < away(best.light) ? patch : best));
  const { samples } = frameOf('noise-patches', 0);
  const greens: number[] = [];
  for (let row = rectangle.y; row < rectangle.y + rectangle.height; row++) {
    for (let column = rectangle.x; column < rectangle.x + rectangle.width; column++) {
      if ((row + column) % 2 === 1) greens.push((samples[row * width + column] as number) - sensor.blackLevels[0]);
    }
  }
  const mean = meanOf(greens);
  return 20 * Math.log10(mean / Math.sqrt(meanOf(greens.map((dn) => (dn - mean) ** 2))));
}

interface Before {
  readonly scene: string;
  readonly clean: RgbImage;
  readonly noisy: RgbImage;
}

function note(method: string, { scene, clean, noisy }: Before, picture: RgbImage): void {
  const gainDb = cpsnrOf8Bit(picture, clean) - cpsnrOf8Bit(noisy, clean);
  const sharpness = scene === 'slanted-edge' ? { mtf50Loss: 100 * (1 - meanMtf50(picture) / meanMtf50(clean)) } : {};
  outcomes.set(method, (outcomes.get(method) ?? new Map()).set(scene, { gainDb, ...sharpness }));
}

async function measure(scene: string): Promise<void> {
  const [red, , blue] = groundTruth({ scene, width, height, settings }).whiteBalance;
  const gains = { wb_red_gain: red, wb_blue_gain: blue };
  const [clean, noisy] = [frameOf(scene, 0, false), frameOf(scene, 0)];
  const fast = {
    scene,
    clean: await pictureOf(fastIsp, clean, { ...neutral.fast, ...gains }),
    noisy: await pictureOf(fastIsp, noisy, { ...neutral.fast, ...gains }),
  };
  for (const [name, look] of denoised) note(name, fast, await pictureOf(fastIsp, noisy, { ...look, ...gains }));
  if (peerVersion) {
    for (const strength of [2, 3]) note(`OpenCV NLM h=${strength}`, fast, openCvDenoised(fast.noisy, strength));
  }
  const slow = {
    scene,
    clean: await pictureOf(slowIsp, clean, { ...neutral.slow, ...gains }),
    noisy: await pictureOf(slowIsp, noisy, { ...neutral.slow, ...gains }),
  };
  note('SlowISP, one frame', slow, await pictureOf(slowIsp, noisy, { ...slowLook, ...gains }));
  note('SlowISP, burst of four', slow, await pictureOf(slowIsp, burstOf(scene), { ...slowLook, ...gains }));
}

for (const scene of [...judgedScenes, texture]) await measure(scene);

const outcomeOf = (method: string, scene: string): Outcome => outcomes.get(method)?.get(scene) ?? { gainDb: Number.NaN };
const gainOver = (method: string, scenes: readonly string[]): number =>
  meanOf(scenes.map((scene) => outcomeOf(method, scene).gainDb));
const lossOf = (method: string): number => outcomeOf(method, 'slanted-edge').mtf50Loss ?? Number.NaN;
const peersOf = (figureOf: (peer: string) => number): PeerFigure[] =>
  [...outcomes.keys()]
    .filter((method) => method.startsWith('OpenCV'))
    .map((name) => ({ name: `${name} on FastISP's`, value: figureOf(name) }));

const light = `simulator ${width}x${height}, lens blur of 0.5 pixels, analogue gain ${analogueGain}, mid-grey at ${midGreySnrDb().toFixed(1)} dB in RAW green`;
const gainProtocol = `CPSNR gained by noise reduction at default strength (${light}), against the noise-free frame through the same stage without noise reduction: mean of ${judgedScenes.join(', ')}`;
const textureProtocol = `The same on ${texture}: texture of all sizes`;
const lossProtocol = `MTF50 lost by noise reduction on slanted-edge (${light}), mean of all edges, against the noise-free frame`;

function targetsOf(method: string): { readonly gain?: Target; readonly loss?: Target } {
  const gainDb = { 'FastISP, RAW noise reduction': 2.5, 'SlowISP, burst of four': 5 }[method];
  if (gainDb === undefined) return {};
  return { gain: { bound: 'at least', value: gainDb }, loss: { bound: 'below', value: 10 } };
}

const methods = [...outcomes.keys()].filter((method) => !method.startsWith('OpenCV'));
const gainRows = methods.map((name): QualityFigure => {
  const { gain } = targetsOf(name);
  const details = Object.fromEntries(judgedScenes.map((scene) => [scene, outcomeOf(name, scene).gainDb]));
  const row = { name, protocol: gainProtocol, value: gainOver(name, judgedScenes), unit: 'dB', n: judgedScenes.length, details };
  return { ...row, ...(gain ? { target: gain } : {}), peers: peersOf((peer) => gainOver(peer, judgedScenes)) };
});
const textureRows = methods.map((name): QualityFigure => {
  const peers = peersOf((peer) => gainOver(peer, [texture]));
  return { name, protocol: textureProtocol, value: gainOver(name, [texture]), unit: 'dB', n: 1, peers };
});
const lossRows = methods.map((name): QualityFigure => {
  const { loss } = targetsOf(name);
  const n = slantedEdges(width, height).length;
  return {
    name,
    protocol: lossProtocol,
    value: lossOf(name),
    unit: '%',
    n,
    ...(loss ? { target: loss } : {}),
    peers: peersOf(lossOf),
  };
});
const output: QualityOutput = {
  figures: [...gainRows, ...textureRows, ...lossRows],
  ...(peerVersion ? { with: peerVersion } : { absent: [openCvAbsent] }),
};
process.stdout.write(JSON.stringify(output));
