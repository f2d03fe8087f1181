import { parentPort } from 'node:worker_threads';
import { errorRecordFrom } from '../base/errors.ts';
import { JpegCodec } from './jpeg-codec.ts';
import type { DecodeAnswer, DecodeRequest } from './mjpeg-decoder.ts';

const codec = new JpegCodec();

/** Buffers are transferred both ways: neither thread copies a picture. */
async function answer({ id, jpeg }: DecodeRequest): Promise<void> {
  try {
    const picture = await codec.decode(jpeg);
    const reply: DecodeAnswer = { id, picture };
    parentPort?.postMessage(reply, [picture.rgb.buffer as ArrayBuffer]);
  } catch (thrown) {
    const reply: DecodeAnswer = { id, error: errorRecordFrom(thrown) };
    parentPort?.postMessage(reply);
  }
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: DecodeRequest) => {
  last = last.then(() => answer(request));
});
