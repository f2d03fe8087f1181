import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RgbImage } from '../../../main/quality/rgb-image.ts';

const script = fileURLToPath(new URL('quality-opencv.py', import.meta.url));

function ask(args: readonly string[], input: Uint8Array): Buffer {
  return execFileSync('/usr/bin/python3', [script, ...args], { input, maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'] });
}

/** Name and version, or undefined where OpenCV for the system's Python is not installed. */
export function openCvVersion(): string | undefined {
  try {
    return `OpenCV ${ask(['version'], new Uint8Array()).toString()}`;
  } catch {
    return undefined;
  }
}

/** What to say where {@link openCvVersion} is undefined. */
export const openCvAbsent = "OpenCV's figures: install python3-opencv";

/**
 * OpenCV's demosaics of an RGGB mosaic by name: bilinear, edge-aware and, of 8 bits only, VNG. Pixels have the mosaic's type.
 * VNG of version 4.6 is given as it comes: moved by a pixel, its picture of one Kodak image fits 3 dB better, and is still below bilinear.
 */
export function openCvDemosaics(samples: Uint8Array | Uint16Array, width: number, height: number): ReadonlyMap<string, RgbImage> {
  const isNarrow = samples instanceof Uint8Array;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const out = ask(['demosaic', String(width), String(height), isNarrow ? '8' : '16'], bytes);
  const values = new Uint8Array(out);
  const all = isNarrow ? values : new Uint16Array(values.buffer);
  const size = width * height * 3;
  const names = ['OpenCV bilinear', 'OpenCV EA', ...(isNarrow ? ['OpenCV VNG'] : [])];
  return new Map(
    names.map((name, index) => [name, { width, height, channels: 3, pixels: all.slice(index * size, (index + 1) * size) }]),
  );
}

/** OpenCV's non-local means for colour pictures, at one strength for luminance and colour (3 is its default). Alpha is dropped. */
export function openCvDenoised({ width, height, channels, pixels }: RgbImage, strength: number): RgbImage {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    return pixels[Math.floor(index / 3) * channels + (index % 3)] as number;
  });
  const out = ask(['denoise', String(width), String(height), String(strength)], rgb);
  return { width, height, channels: 3, pixels: new Uint8Array(out) };
}
