import { srgbTransfer } from '../../../main/base/colour/transfer.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { demosaicBilinear } from '../../../main/isp/operators/demosaic-bilinear.ts';
import { demosaicMalvar } from '../../../main/isp/operators/demosaic-malvar.ts';
import { demosaicResidual } from '../../../main/isp/operators/demosaic-residual/demosaic-residual.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import type { Mosaic } from '../../../main/live/single-frame.ts';
import { cpsnrOf8Bit } from '../../../main/quality/fidelity.ts';
import type { RgbImage } from '../../../main/quality/rgb-image.ts';
import { bareMosaicStage, bareStage } from '../../support/bare-stage.ts';
import { type ColourPicture, mosaicOf } from '../../support/colour-pictures.ts';
import type { QualityFigure, QualityOutput, Target } from '../quality.ts';
import { openCvAbsent, openCvDemosaics, openCvVersion } from './opencv-peer.ts';
import { kodakAbsent, kodakPictures, linearSensor, meanOf, neutral, pictureOf, sampledRggb } from './quality-pictures.ts';
import { type LeavesFrame, saturatedLeavesFrame } from './saturated-leaves-frame.ts';

/** Colour PSNR, dB, of every method on every picture, by method and then by picture. */
type Scores = Map<string, Map<string, number>>;

const peerVersion = openCvVersion();
const decode = srgbTransfer.linearFromEncoded;

function note(scores: Scores, method: string, picture: string, image: RgbImage, reference: RgbImage): void {
  const ofMethod = scores.get(method) ?? new Map<string, number>();
  scores.set(method, ofMethod.set(picture, cpsnrOf8Bit(image, reference, 10)));
}

function imageOf({ width, height, rgb }: ColourPicture): RgbImage {
  return { width, height, channels: 3, pixels: rgb };
}

/** Demosaic alone, on the picture's code values. */
async function scoreCodeValues(scores: Scores, name: string, picture: ColourPicture): Promise<void> {
  const [mosaic, reference] = [mosaicOf(picture, 'RGGB'), imageOf(picture)];
  const stages = {
    bilinear: bareMosaicStage([demosaicBilinear]),
    Malvar: bareMosaicStage([demosaicMalvar]),
    residual: bareStage([demosaicResidual], 270),
  };
  for (const [method, stage] of Object.entries(stages)) note(scores, method, name, await pictureOf(stage, mosaic), reference);
  if (!peerVersion) return;
  const peers = openCvDemosaics(Uint8Array.from(mosaic.samples), picture.width, picture.height);
  for (const [peer, image] of peers) note(scores, peer, name, image, reference);
}

/** Whole stages with neutral settings, on a mosaic of linear light. */
async function scoreLight(scores: Scores, name: string, mosaic: Mosaic, reference: RgbImage, gains = {}): Promise<void> {
  note(scores, 'FastISP', name, await pictureOf(fastIsp, mosaic, { ...neutral.fast, ...gains }), reference);
  note(scores, 'SlowISP', name, await pictureOf(slowIsp, mosaic, { ...neutral.slow, ...gains }), reference);
}

function scoreLightPeers(scores: Scores, name: string, mosaic: Mosaic, reference: RgbImage): void {
  if (!peerVersion) return;
  for (const [peer, image] of openCvDemosaics(mosaic.samples, mosaic.width, mosaic.height)) {
    const pixels = Float32Array.from(image.pixels, (value) => srgbTransfer.encodedFromLinear(value / 65535));
    note(scores, peer, name, { ...image, pixels }, reference);
  }
}

function figureOf(scores: Scores, method: string, name: string, protocol: string, target?: Target): QualityFigure {
  const details = scores.get(method) ?? new Map<string, number>();
  const peers = [...scores].filter(([peer]) => peer.startsWith('OpenCV'));
  return {
    name,
    protocol,
    value: meanOf(details.values()),
    unit: 'dB',
    n: details.size,
    ...(target ? { target } : {}),
    peers: peers.map(([peer, all]) => ({ name: peer, value: meanOf(all.values()) })),
    details: Object.fromEntries(details),
  };
}

/** Means over the 24 images of the full set, as published for this protocol. */
const published = {
  bilinear: { name: 'bilinear, all 24', value: 30.24, isPublished: true },
  Malvar: { name: 'Malvar-He-Cutler, all 24', value: 35.78, isPublished: true },
  residual: { name: 'MLRI2, all 24', value: 39.23, isPublished: true },
} as const;

async function kodakFigures(): Promise<QualityFigure[]> {
  const pictures = kodakPictures();
  if (pictures.size === 0) return [];
  const [codes, light]: [Scores, Scores] = [new Map(), new Map()];
  for (const [name, picture] of pictures) {
    await scoreCodeValues(codes, name, picture);
    const { width, height, rgb } = picture;
    const samples = sampledRggb(width, height, (at) => Math.round(65535 * decode((rgb[at] as number) / 255)));
    const mosaic = { width, height, samples, sensor: linearSensor };
    await scoreLight(light, name, mosaic, imageOf(picture));
    scoreLightPeers(light, name, mosaic, imageOf(picture));
  }
  const protocol =
    'CPSNR of Kodak images: 8-bit sRGB values mosaicked (RGGB) and demosaicked, 10 pixels cut off, mean of the images';
  const row = (method: keyof typeof published, name: string, target?: Target): QualityFigure => {
    const figure = figureOf(codes, method, name, protocol, target);
    return { ...figure, peers: [published[method], ...(figure.peers ?? [])] };
  };
  const lightProtocol =
    'CPSNR of Kodak images: made linear, mosaicked in 16 bits, whole stage without sharpening and noise reduction, 10 pixels cut off';
  return [
    row('bilinear', 'bilinear demosaic'),
    row('Malvar', "FastISP's Malvar-He-Cutler demosaic", { bound: 'at least', value: 35.3 }),
    row('residual', "SlowISP's residual demosaic", { bound: 'at least', value: 39 }),
    figureOf(light, 'FastISP', 'FastISP, whole stage', lightProtocol),
    figureOf(light, 'SlowISP', 'SlowISP, whole stage', lightProtocol),
  ];
}

/** How far the slower method is ahead. */
function gainFigure(scores: Scores, [fast, slow]: readonly [string, string], name: string, protocol: string): QualityFigure {
  const [fastDb, slowDb] = [fast, slow].map((method) => meanOf(scores.get(method)?.values() ?? [])) as [number, number];
  const n = scores.get(slow)?.size ?? 0;
  return { name, protocol, value: slowDb - fastDb, unit: 'dB', n, target: { bound: 'at least', value: 2 } };
}

async function leavesFigures(frame: LeavesFrame): Promise<QualityFigure[]> {
  const [codes, light]: [Scores, Scores] = [new Map(), new Map()];
  await scoreCodeValues(codes, 'leaves', frame.picture);
  await scoreLight(light, 'leaves', frame.mosaic, frame.reference, frame.gains);
  scoreLightPeers(light, 'leaves', frame.balanced, frame.reference);
  const what = `simulator's saturated dead leaves 1920x1080, lens blur of ${frame.blurSigmaPixels} pixels`;
  const protocol = `CPSNR of the ${what}: 8-bit sRGB values mosaicked (RGGB) and demosaicked, 10 pixels cut off`;
  const lightProtocol = `CPSNR of the ${what}: 10-bit frame without noise, whole stage with exact white balance, without matrix, sharpening and noise reduction, against camera colours`;
  return [
    figureOf(codes, 'bilinear', 'bilinear demosaic', protocol),
    figureOf(codes, 'Malvar', "FastISP's Malvar-He-Cutler demosaic", protocol),
    figureOf(codes, 'residual', "SlowISP's residual demosaic", protocol),
    gainFigure(codes, ['Malvar', 'residual'], "SlowISP's demosaic over FastISP's", protocol),
    figureOf(light, 'FastISP', 'FastISP, whole stage', lightProtocol),
    figureOf(light, 'SlowISP', 'SlowISP, whole stage', lightProtocol),
    gainFigure(light, ['FastISP', 'SlowISP'], 'SlowISP over FastISP', lightProtocol),
  ];
}

const kodak = await kodakFigures();
const leaves = [...(await leavesFigures(saturatedLeavesFrame(0))), ...(await leavesFigures(saturatedLeavesFrame(0.5)))];
const output: QualityOutput = {
  figures: [...kodak, ...leaves],
  absent: [...(kodakAbsent ? [kodakAbsent] : []), ...(peerVersion ? [] : [openCvAbsent])],
  ...(peerVersion ? { with: peerVersion } : {}),
};
process.stdout.write(JSON.stringify(output));
