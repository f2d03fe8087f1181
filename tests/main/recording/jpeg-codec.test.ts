import { expect, it } from 'vitest';
import { JpegCodec, type LoadModule } from '../../../main/recording/jpeg-codec.ts';
import { fixture } from './mjpeg-fixtures.ts';

/** Modules whose decoder ends as `decode` says, and how many were made. */
function modules(decode: () => void): { made: number; readonly load: LoadModule } {
  const counted = {
    made: 0,
    load: async () => {
      counted.made += 1;
      class ScriptedDecoder {
        getEncodedBuffer = (bytes: number) => new Uint8Array(bytes);
        decode = decode;
        getDecodedBuffer = () => new Uint8Array(64 * 48 * 3);
        getFrameInfo = () => ({ width: 64, height: 48, componentCount: 3 });
        delete = () => {
          if (counted.made === 1) throw new Error('an aborted module was used');
        };
      }
      return { JPEGDecoder: ScriptedDecoder };
    },
  };
  return counted;
}

it('a decoder that aborts is no damaged frame, and the next one has a new decoder', async () => {
  let isFirst = true;
  const counted = modules(() => {
    const aborts = isFirst;
    isFirst = false;
    if (aborts) throw new WebAssembly.RuntimeError('Aborted(OOM)\nBuild with -sASSERTIONS for more info.');
  });
  const codec = new JpegCodec(counted.load);
  const jpeg = await fixture('grey.jpg');
  await expect(codec.decode(jpeg)).rejects.toMatchObject({
    code: 'jpeg.decoder-aborted',
    exitCode: 1,
    message: 'Expected memory to decode a JPEG of 64x48 but the decoder ended: Aborted(OOM)',
  });
  expect(await codec.decode(jpeg)).toMatchObject({ width: 64, height: 48 });
  expect(counted.made).toBe(2);
});
