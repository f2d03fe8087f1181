import { apertureTransfer, length } from '../coverage.ts';
import type { Scene } from '../scene.ts';

/** Rings whose frequency grows with the distance from the middle: light = mean + swing * cos(pi * growth * r²). */
export interface ZonePlate {
  readonly x: number;
  readonly y: number;
  /** Cycles per pixel that are gained with every pixel outwards. */
  readonly growth: number;
  readonly mean: number;
  readonly swing: number;
}

/** The rings in a picture of that size: half a cycle per pixel at the middle of the upper and the lower edge. */
export function zonePlate(width: number, height: number): ZonePlate {
  return { x: width / 2, y: height / 2, growth: 1 / height, mean: 0.4, swing: 0.36 };
}

/** Cycles per pixel at a distance from the middle, outwards. */
export function zonePlateFrequencyAt({ growth }: ZonePlate, radius: number): number {
  return growth * radius;
}

/** All frequencies in all directions, up to Nyquist above and below the middle and beyond it at the sides: moiré and false colours. */
export const zonePlateScene: Scene = {
  id: 'zone-plate',
  name: 'Simulator: zone plate',
  detail: 'Rings up to half a cycle per pixel and beyond: aliasing and false colours',
  paint(canvas, palette) {
    const { x: middleX, y: middleY, growth, mean, swing } = zonePlate(canvas.width, canvas.height);
    canvas.paintField(canvas.bounds, (x, y, channel) => {
      const [dx, dy] = [x - middleX, y - middleY];
      const radius = length(dx, dy);
      const wave = Math.cos(Math.PI * growth * radius * radius) * apertureTransfer(growth * dx, growth * dy);
      return (mean + swing * wave) * palette.white[channel];
    });
  },
};
