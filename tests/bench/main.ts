import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Baseline, baselineOf, type Comparison, compareWithBaseline, comparisonText } from './baseline.ts';
import { type BenchResult, type CaseOutput, provenanceOf, summarise, tableOf } from './measurement.ts';
import { judge, type QualityOutput, qualityText } from './quality.ts';
import { type Case, runCase } from './run-case.ts';
import type { BenchContent, BenchProvider } from './stage-timing.ts';

/** A variant of a C++ benchmark of tests/native. */
function native(name: string, ...args: readonly string[]): Case {
  return { name, program: process.execPath, script: 'native-program.ts', args };
}

/** What a stage can be run by on the CPU, and what a row of it is marked with. */
const providers: readonly { readonly provider: BenchProvider; readonly mark: string }[] = [
  { provider: 'kernel', mark: '' },
  { provider: 'cpu', mark: '-ort' },
];

/** FastISP through its lane with one of the looks of `isp-looks.ts`: by row kernels, and by ONNX Runtime (`-ort`) in the same minutes. */
function ispChain(look: string, what: string, { content = 'picture', size }: Partial<IspRow> = {}): Case[] {
  return providers.map(({ provider, mark }) => ({
    ...{ name: `fast-isp: ${look}${mark}, ${what}`, program: process.execPath, script: 'isp-stage.ts' },
    args: [look, content, provider],
    ...(size === undefined ? {} : { size }),
  }));
}

interface IspRow {
  readonly content: BenchContent;
  /** In place of the run's. */
  readonly size: string;
}

/** SlowISP as it is by default, both ways. */
function slowIsp(what: string): Case[] {
  return providers.map(({ provider, mark }) => ({
    ...{ name: `slow-isp${mark}: ${what}`, program: process.execPath, script: 'slow-isp-stage.ts' },
    args: [provider],
  }));
}

/** FastISP as it is by default, both ways: alone through its lane, or live in the whole lab. */
function fastIsp(what: string, script: string): Case[] {
  return providers.map(({ provider, mark }) => ({
    ...{ name: `fast-isp${mark}: ${what}`, program: process.execPath, script },
    args: [provider],
  }));
}

/** One format on every path of this kind of processor; one that this very processor lacks is left out. */
function unpacking(name: string, format: string): Case[] {
  const vectors = process.arch === 'arm64' ? ['neon'] : ['ssse3', 'avx2'];
  return ['scalar', ...vectors].map((path) => ({
    ...native(`unpack: ${name}, ${path}`, 'bench-unpack', format, path),
    ...(path === 'scalar' ? {} : { optional: true as const }),
  }));
}

/** A chain of processors of pictures. */
function chain(name: string, ...args: readonly string[]): Case {
  return { name: `processors: ${name}`, program: process.execPath, script: 'processor-chain.ts', args };
}

const benches: Readonly<Record<string, readonly Case[]>> = {
  'fast-isp': [
    { name: 'reference: memory copy of RAW and RGBA8', program: process.execPath, script: 'memory-copy.ts' },
    { name: 'peer: OpenCV bilinear + CCM + curve', program: '/usr/bin/python3', script: 'opencv-pipeline.py', optional: true },
    ...fastIsp('RAW to RGBA8, two lanes', 'fast-isp-stage.ts'),
    ...fastIsp('live, recording, one view', 'fast-isp-live.ts'),
  ],
  // Other stages and the statistics append their rows here.
  isp: [
    { name: 'reference: fixed arithmetic on two threads', program: process.execPath, script: 'reference-arithmetic.ts' },
    ...ispChain('core', 'RAW to RGBA8'),
    ...ispChain('whole', 'with defects, shading, chroma noise, sharpening'),
    ...ispChain('everything', 'coring as well'),
    ...ispChain('everything', 'the same on nothing but noise', { content: 'noise' }),
    ...ispChain('core', 'RAW to RGBA8 at 3840x2160', { size: '3840x2160' }),
    { name: 'fast-isp: operators of everything-ort, one thread', program: process.execPath, script: 'isp-operators.ts' },
    { name: 'fast-algo: statistics of RAW and RGBA8, one strip', program: process.execPath, script: 'statistics-stage.ts' },
    ...slowIsp('RAW to RGBA8 and RGB16'),
    { name: 'peer: OpenCV bilinear + CCM + curve', program: '/usr/bin/python3', script: 'opencv-pipeline.py', optional: true },
    { name: 'peer: FFmpeg bilinear only', program: process.execPath, script: 'ffmpeg-bayer.ts', optional: true },
  ],
  algo: [
    { name: 'reference: memory copy of RAW and RGBA8', program: process.execPath, script: 'memory-copy.ts' },
    { name: 'fast-algo: statistics of RAW and RGBA8, one strip', program: process.execPath, script: 'statistics-stage.ts' },
    ...fastIsp('RAW to RGBA8, two lanes', 'fast-isp-stage.ts'),
    { name: 'algorithms: decisions from one frame', program: process.execPath, script: 'algorithm-decisions.ts' },
  ],
  'slow-isp': [
    { name: 'reference: memory copy of RAW and RGBA8', program: process.execPath, script: 'memory-copy.ts' },
    ...slowIsp('RAW to RGBA8 and RGB16, two lanes'),
  ],
  'first-picture': [
    { name: 'reference: a plain page to its first paint', program: process.execPath, script: 'plain-page.ts' },
    { name: 'first-picture: page to first painted frame', program: process.execPath, script: 'first-picture.ts' },
  ],
  unpack: [
    native('reference: memcpy of an unpacked RAW10 frame', 'bench-unpack', 'copy', 'scalar'),
    native('unpack: RAW10 in words', 'bench-unpack', 'raw10', 'scalar'),
    ...unpacking('MIPI RAW10', 'raw10-mipi'),
    ...unpacking('MIPI RAW12', 'raw12-mipi'),
    ...unpacking('MIPI RAW14', 'raw14-mipi'),
  ],
  'capture-memory': [
    native('reference: memcpy of an unpacked RAW10 frame', 'bench-unpack', 'copy', 'scalar'),
    native('capture: driver in memory, mmap', 'bench-memory', 'mmap'),
    native('capture: driver in memory, user pointers', 'bench-memory', 'user-pointer'),
  ],
  lanes: [
    { name: 'reference: message to a thread and back', program: process.execPath, script: 'lanes-message.ts' },
    { name: 'lanes: envelope to completion, empty stage', program: process.execPath, script: 'lanes-empty.ts' },
    { name: 'lanes: realtime beside merges, by turns', program: process.execPath, script: 'lanes-saturated.ts' },
  ],
  processors: [
    { name: 'reference: memory copy of RAW and RGBA8', program: process.execPath, script: 'memory-copy.ts' },
    chain('two, against the same with identity between', 'composed:vignette+unsharp', 'composed:vignette+identity+unsharp'),
    chain('three, against one by one', 'composed:vignette+unsharp+edges', 'single:vignette+unsharp+edges'),
    chain('three light ones, against one by one', 'composed:vignette+vignette+vignette', 'single:vignette+vignette+vignette'),
    chain('three identities, against one by one', 'composed:identity+identity+identity', 'single:identity+identity+identity'),
    {
      name: 'processors: from slider to frame, live at 640x360',
      ...{ program: process.execPath, script: 'processor-live.ts' },
      args: ['unsharp-mask', 'unsharp_amount', '640x360@30'],
    },
  ],
  telemetry: [
    { name: 'reference: plain better-sqlite3, one transaction', program: process.execPath, script: 'sqlite-inserts.ts' },
    { name: 'telemetry: append and flush', program: process.execPath, script: 'telemetry-append.ts' },
    { name: 'telemetry: append at 60 frames a second', program: process.execPath, script: 'telemetry-live.ts' },
  ],
};

/** Figures of quality instead of times; they need no quiet machine. */
const qualityCases: readonly Case[] = ['demosaic', 'colour', 'white-balance', 'defects', 'noise'].map((subject) => ({
  name: `quality: ${subject}`,
  program: process.execPath,
  script: `quality-${subject}.ts`,
}));

/** Against the bench's committed ratios, where it has some; a new baseline is written first where that is asked for. */
async function comparisonsOf(bench: string, results: readonly BenchResult[], isWritten: boolean): Promise<Comparison[]> {
  const file = fileURLToPath(new URL(`${bench}-baseline.json`, import.meta.url));
  if (isWritten) await writeFile(file, `${JSON.stringify(baselineOf(compareWithBaseline(results, {})), null, 2)}\n`);
  if (!existsSync(file)) return [];
  return compareWithBaseline(results, JSON.parse(await readFile(file, 'utf8')) as Baseline);
}

async function runQuality(isJson: boolean): Promise<void> {
  const outputs: QualityOutput[] = [];
  for (const qualityCase of qualityCases) outputs.push(await runCase<QualityOutput>(qualityCase, []));
  const provenance = provenanceOf(outputs.find((output) => output.with)?.with);
  const figures = outputs.flatMap((output) => output.figures);
  const absent = [...new Set(outputs.flatMap((output) => output.absent ?? []))];
  const rows = judge(figures, provenance);
  const table = `${provenance.machine}, commit ${provenance.commit}\n${qualityText(rows, absent)}\n`;
  process.stdout.write(isJson ? `${JSON.stringify({ rows, absent }, null, 2)}\n` : table);
}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      size: { type: 'string', default: '1920x1080' },
      seconds: { type: 'string', default: '30' },
      'write-baseline': { type: 'boolean', default: false },
    },
  });
  if (positionals[0] === 'quality') {
    await runQuality(values.json);
    return 0;
  }
  const cases = benches[positionals[0] ?? ''];
  if (!cases || !/^\d+x\d+$/.test(values.size) || !(Number(values.seconds) > 0)) {
    process.stderr.write(
      `Expected one of ${[...Object.keys(benches), 'quality'].join(', ')}, --size WIDTHxHEIGHT and --seconds N.\n`,
    );
    return 2;
  }
  const results: BenchResult[] = [];
  for (const benchCase of cases) {
    try {
      results.push(
        summarise(benchCase.name, await runCase<CaseOutput>(benchCase, [benchCase.size ?? values.size, values.seconds])),
      );
    } catch (thrown) {
      if (!benchCase.optional) throw thrown;
      process.stderr.write(`Left out ${benchCase.name}: ${(thrown as Error).message}\n`);
    }
  }
  const comparisons = await comparisonsOf(positionals[0] ?? '', results, values['write-baseline']);
  const [first] = results;
  const compared = results.map((result) => {
    const comparison = comparisons.find(({ name }) => name === result.name);
    return comparison ? { ...result, comparison } : result;
  });
  const table = `${first?.machine}, commit ${first?.commit}\n${tableOf(results)}\n`;
  const judged = comparisons.length === 0 ? '' : `\n${comparisonText(comparisons)}\n`;
  process.stdout.write(values.json ? `${JSON.stringify(compared, null, 2)}\n` : `${table}${judged}`);
  return 0;
}

process.exitCode = await run();
