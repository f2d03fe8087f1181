/** How far a picture is from a reference, on the scale of 0–255. */
export interface PictureError {
  readonly mean: number;
  readonly worst: number;
}

/** Compares RGBA8 pixels with an unrounded RGB reference of the same size; an alpha that is not opaque counts as the worst error. */
export function pictureError(pixels: Uint8Array, reference: Float64Array): PictureError {
  if (pixels.length * 3 !== reference.length * 4) {
    throw new Error(`Expected ${(reference.length * 4) / 3} bytes but received ${pixels.length}`);
  }
  let sum = 0;
  let worst = 0;
  for (let index = 0; index < reference.length; index++) {
    const [pixel, channel] = [Math.floor(index / 3), index % 3];
    const error = Math.abs((pixels[pixel * 4 + channel] as number) - (reference[index] as number));
    sum += error;
    worst = Math.max(worst, error, 255 - (pixels[pixel * 4 + 3] as number));
  }
  return { mean: sum / reference.length, worst };
}
