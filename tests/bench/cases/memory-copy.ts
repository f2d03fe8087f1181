import type { CaseOutput } from '../measurement.ts';

/** The floor of any RAW to RGBA8 conversion on this machine: reading the RAW and writing the picture, nothing else. */
const [width, height] = (process.argv[2] ?? '1920x1080').split('x').map(Number) as [number, number];
const raw = new Uint16Array(new SharedArrayBuffer(width * height * 2)).fill(300);
const rawCopy = new Uint16Array(new SharedArrayBuffer(width * height * 2));
const picture = new Uint8Array(new SharedArrayBuffer(width * height * 4)).fill(7);
const pictureCopy = new Uint8Array(new SharedArrayBuffer(width * height * 4));
const samplesMillis: number[] = [];
for (let run = 0; run < 220; run++) {
  const start = performance.now();
  rawCopy.set(raw);
  pictureCopy.set(picture);
  if (run >= 20) samplesMillis.push(performance.now() - start);
}
const output: CaseOutput = { samplesMillis };
process.stdout.write(JSON.stringify(output));
