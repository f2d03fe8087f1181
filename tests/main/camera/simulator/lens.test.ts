import { describe, expect, it } from 'vitest';
import { referencePalette } from '../../../../main/camera/simulator/colour/palette.ts';
import { Lens } from '../../../../main/camera/simulator/lens.ts';
import { LightCanvas } from '../../../../main/camera/simulator/light-canvas.ts';
import type { Scene } from '../../../../main/camera/simulator/scene.ts';
import { SceneStage } from '../../../../main/camera/simulator/scene-stage.ts';
import { sceneOf } from '../../../../main/camera/simulator/scenes/scenes.ts';

const [width, height] = [160, 90];

/** White discs of that radius on black. */
function dots(...places: readonly (readonly [x: number, y: number, radius: number])[]): Scene {
  return {
    id: 'dots',
    name: 'dots',
    detail: '',
    paint(canvas, palette) {
      for (const [x, y, radius] of places) {
        canvas.paint(canvas.bounds, palette.white, (column, row) =>
          Math.max(0, Math.min(1, radius - Math.hypot(column - x, row - y) + 0.5)),
        );
      }
    },
  };
}

function imageOf(
  scene: Scene,
  lens: { blurSigmaPixels?: number; lateralPixels?: number },
  layout: 'rgb' | 'RGGB' = 'rgb',
): Float32Array {
  const settings = { blurSigmaPixels: 0, lateralPixels: 0, ...lens };
  const stage = new SceneStage({ scene, width, height, layout, palette: referencePalette(), lens: settings });
  return stage.lightAt({ secondsAt: () => 0, exposureSeconds: 0 }).slice();
}

/** Sum, middle and variance along rows of one channel. */
function momentsOf(image: Float32Array, channel: number): { sum: number; x: number; y: number; varianceX: number } {
  let [sum, x, y, xx] = [0, 0, 0, 0];
  for (let index = 0; index < width * height; index++) {
    const light = image[index * 3 + channel] as number;
    const [column, row] = [(index % width) + 0.5, Math.floor(index / width) + 0.5];
    sum += light;
    x += light * column;
    y += light * row;
    xx += light * column * column;
  }
  return { sum, x: x / sum, y: y / sum, varianceX: xx / sum - (x / sum) ** 2 };
}

describe('blur', () => {
  it.each([0.2, 0.5, 1, 2.7])('of %d px adds its variance, keeps the light and moves nothing', (blurSigmaPixels) => {
    const scene = dots([70.3, 41.8, 1.5]);
    const [sharp, blurred] = [momentsOf(imageOf(scene, {}), 1), momentsOf(imageOf(scene, { blurSigmaPixels }), 1)];
    expect(blurred.sum / sharp.sum).toBeCloseTo(1, 4);
    expect([blurred.x, blurred.y]).toEqual([expect.closeTo(sharp.x, 3), expect.closeTo(sharp.y, 3)]);
    expect(blurred.varianceX - sharp.varianceX).toBeCloseTo(blurSigmaPixels ** 2, 2);
  });

  it('is a Gaussian, where it is wide enough for pixels to show one', () => {
    const canvas = new LightCanvas(width, height, 'rgb');
    canvas.light[(45 * width + 80) * 3 + 1] = 1;
    const image = new LightCanvas(width, height, 'rgb');
    new Lens({ blurSigmaPixels: 2, lateralPixels: 0 }).project(canvas, image, image.bounds);
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [2, 3],
      [-4, 1],
    ] as const) {
      const expected = Math.exp(-(dx * dx + dy * dy) / 8) / (8 * Math.PI);
      const found = image.light[((45 + dy) * width + 80 + dx) * 3 + 1] as number;
      expect(Math.abs(found - expected) * 8 * Math.PI).toBeLessThan(0.001);
    }
  });

  it('leaves an even field even, up to its edges', () => {
    for (const light of imageOf(sceneOf('flat-field'), { blurSigmaPixels: 3, lateralPixels: 4 }))
      expect(light).toBeCloseTo(0.6, 4);
  });
});

describe('lateral chromatic aberration', () => {
  it.each([2, -1.5])(
    'of %d px shifts red outwards and blue inwards in proportion to the distance from the middle',
    (lateralPixels) => {
      const corner = Math.hypot(width / 2, height / 2);
      for (const [x, y] of [
        [20, 15],
        [130, 45],
        [80, 80],
        [80, 45],
      ] as const) {
        const image = imageOf(dots([x, y, 5]), { lateralPixels });
        const [red, green, blue] = [0, 1, 2].map((channel) => momentsOf(image, channel));
        const expected = (lateralPixels * Math.hypot(x - width / 2, y - height / 2)) / corner;
        const outwards = ({ x: foundX, y: foundY }: { x: number; y: number }): number =>
          Math.hypot(foundX - width / 2, foundY - height / 2) - Math.hypot(x - width / 2, y - height / 2);
        if (x === 80 && y === 45) {
          expect([red?.x, red?.y]).toEqual([expect.closeTo(80, 2), expect.closeTo(45, 2)]);
        } else {
          expect(outwards(red as { x: number; y: number })).toBeCloseTo(expected, 1);
          expect(outwards(blue as { x: number; y: number })).toBeCloseTo(-expected, 1);
        }
        expect([green?.x, green?.y]).toEqual([expect.closeTo(x, 2), expect.closeTo(y, 2)]);
      }
    },
  );

  it('is the same on a mosaic, whole or around what moved', () => {
    const lens = { blurSigmaPixels: 0.8, lateralPixels: 2 };
    const settings = { scene: sceneOf('motion'), width, height, palette: referencePalette(), lens } as const;
    const clockAt = (seconds: number) => ({ secondsAt: (row: number) => seconds + row * 1e-4, exposureSeconds: 0.01 });
    const moved = new SceneStage({ ...settings, layout: 'RGGB' });
    for (const seconds of [0, 0.4, 1.7]) moved.lightAt(clockAt(seconds));
    const mosaic = moved.lightAt(clockAt(0.9));
    const whole = new SceneStage({ ...settings, layout: 'rgb' }).lightAt(clockAt(0.9));
    for (let index = 0; index < mosaic.length; index++) {
      const channel = (Math.floor(index / width) % 2) + (index % 2);
      expect(mosaic[index]).toBeCloseTo(whole[index * 3 + channel] as number, 6);
    }
  });
});
