import { readRawFile } from '../../../main/camera/file/raw-file.ts';
import { defectSingles } from '../../../main/isp/operators/defect-correction.ts';
import { pack, unpack } from '../../../main/isp/operators/pack.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { defectScores } from '../../../main/quality/defect-scores.ts';
import { runOperators } from '../../support/raw-light.ts';
import { absenceOf, realFile } from '../../support/real-data.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import type { QualityFigure, QualityOutput } from '../quality.ts';

const cleanFile = 'nikon_rose_768x512_14b_rggb_le16.raw';
const badFile = 'nikon_rose_400badpix_768x512_14b_rggb_le16.raw';
const [blackLevel, whiteLevel] = [600, 15520];
/** Of the camera, from a photon-transfer fit of the frame's flat parts. */
const noise = { slope: 0.3, offset: 6 };
const protocol =
  'Defect correction (singles) of a Nikon frame 768x512 in 14 bits with 400 injected defects: a defect counts as found where the sample is changed';

async function frame(name: string): Promise<ReferenceMosaic> {
  const geometry = { width: 768, height: 512, cfa: 'RGGB', bits: 16, packing: 'unpacked', blackLevel, whiteLevel } as const;
  const image = await readRawFile(realFile(name), geometry);
  return { ...image, sensor: { ...image.sensor, noise } };
}

async function figures(): Promise<QualityFigure[]> {
  const clean = await frame(cleanFile);
  const bad = await frame(badFile);
  const [chain, values] = [[pack, defectSingles, unpack], defaultValues(defectSingles.params)];
  const [before, after] = [await runOperators(bad, []), await runOperators(bad, chain, values)];
  const truth = Uint8Array.from(bad.samples, (dn, index) => Number(dn !== clean.samples[index]));
  const found = Uint8Array.from(before, (light, index) => Number(light !== after[index]));
  const { precision, recall } = defectScores(found, truth);
  const [untouched, kept] = [await runOperators(clean, []), await runOperators(clean, chain, values)];
  const range = whiteLevel - blackLevel;
  let [added, own] = [0, 0];
  for (const [index, light] of untouched.entries()) {
    added += ((kept[index] as number) - light) ** 2;
    own += (noise.slope * range * Math.max(0, light) + noise.offset) / range ** 2;
  }
  const defects = truth.reduce((sum, isDefect) => sum + isDefect, 0);
  const wanted = { bound: 'at least', value: 0.99 } as const;
  return [
    { name: 'precision', protocol, value: precision, unit: '', n: defects, target: wanted },
    { name: 'recall', protocol, value: recall, unit: '', n: defects, target: wanted },
    {
      name: "loss of the clean frame, what is changed beside the camera's own noise",
      ...{ protocol, value: 10 * Math.log10(1 + added / own), unit: 'dB', n: 1 },
      target: { bound: 'below', value: 0.05 },
    },
  ];
}

const absent = absenceOf('frames with known defects', [cleanFile, badFile]);
const output: QualityOutput = absent ? { figures: [], absent: [absent] } : { figures: await figures() };
process.stdout.write(JSON.stringify(output));
