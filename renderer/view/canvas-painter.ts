import type { Painter, SurroundLevel } from './painter.ts';

/** The fallback without WebGL2: slower, the same picture. Undefined where the canvas already belongs to another context. */
export function createCanvasPainter(canvas: HTMLCanvasElement, surround: SurroundLevel): Painter | undefined {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return undefined;
  const picture = document.createElement('canvas');
  const pictureContext = picture.getContext('2d', { alpha: false });
  if (!pictureContext) return undefined;
  let bytes: ImageData | undefined;
  const clear = (): void => {
    const level = Math.round(surround() * 255);
    context.fillStyle = `rgb(${level} ${level} ${level})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  };

  return {
    clear,
    upload(pixels, { width, height }) {
      if (bytes?.width !== width || bytes.height !== height) {
        bytes = new ImageData(width, height);
        picture.width = width;
        picture.height = height;
      }
      bytes.data.set(pixels);
      pictureContext.putImageData(bytes, 0, 0);
    },
    draw({ x, y, width, height, scale }) {
      clear();
      context.imageSmoothingEnabled = scale < 1;
      context.drawImage(picture, x, y, width, height);
    },
    close() {
      bytes = undefined;
    },
  };
}
