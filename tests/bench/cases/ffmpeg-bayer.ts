import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseOutput } from '../measurement.ts';

/**
 * FFmpeg's bilinear bayer_rggb16le to rgb24 on two threads, without colour or tone. The time per frame is the difference between a long
 * and a short run over their frames, so that starting the program does not count.
 */
const size = process.argv[2] ?? '1920x1080';
const [width, height] = size.split('x').map(Number) as [number, number];
const [short, long, runs] = [4, 44, 9];
const version = execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' }).split(' ')[2];
const folder = mkdtempSync(join(tmpdir(), 'camera-lab-bench-'));
const file = join(folder, 'frame.raw');

function convert(frames: number): number {
  const raw = ['-f', 'rawvideo', '-pixel_format', 'bayer_rggb16le', '-video_size', size, '-stream_loop', '-1', '-i', file];
  const scale = ['-vf', 'scale=threads=2', '-pix_fmt', 'rgb24', '-frames:v', String(frames), '-f', 'null', '-'];
  const start = performance.now();
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-threads', '2', ...raw, ...scale], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1));
  return performance.now() - start;
}

try {
  writeFileSync(
    file,
    Uint16Array.from({ length: width * height }, (_, index) => 64 * ((index * 7919) % 1024)),
  );
  convert(short);
  const samplesMillis = Array.from({ length: runs }, () => (convert(long) - convert(short)) / (long - short));
  const output: CaseOutput = { samplesMillis, with: `FFmpeg ${version}` };
  process.stdout.write(JSON.stringify(output));
} finally {
  rmSync(folder, { recursive: true });
}
