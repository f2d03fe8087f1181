import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { assert, errorRecordFrom, InputError, messageOf } from '../../base/errors.ts';
import { FramePool } from '../../frame/frame-pool.ts';
import { type LinearPicture, linearPictureOf } from './linear-picture.ts';
import type { RenderAnswer, RenderRequest } from './render-protocol.ts';
import { type RendererSettings, SimulatorRenderer } from './renderer.ts';

let renderer: SimulatorRenderer | undefined;
let pool: FramePool | undefined;
let picture: LinearPicture | undefined;

function answerTo(request: RenderRequest): RenderAnswer {
  if (request.kind === 'prepare') {
    renderer = new SimulatorRenderer({ ...request.settings, picture });
    pool = new FramePool(request.pool);
    warmUp(renderer, request.settings);
    return { kind: 'prepared' };
  }
  if (request.kind === 'picture') {
    picture = request.path === '' ? undefined : pictureAt(request.path);
    renderer?.show(picture);
    return { kind: 'pictured' };
  }
  assert(renderer !== undefined && pool !== undefined, 'Expected a prepared renderer but received a frame to render');
  renderer.render(request.sequence, request.frame, pool.samples(request.handle));
  return { kind: 'rendered', sequence: request.sequence };
}

function pictureAt(path: string): LinearPicture {
  let png: Uint8Array;
  try {
    png = readFileSync(path);
  } catch (thrown) {
    const action = 'Give the whole path of a PNG.';
    throw new InputError(
      'simulator.picture',
      `Expected a picture at ${path} but it cannot be read: ${messageOf(thrown)}`,
      action,
    );
  }
  return linearPictureOf(png, path);
}

/** The first frames of a stream must be as fast as the others, so the compiler sees two of them before. */
function warmUp(cold: SimulatorRenderer, { width, height }: RendererSettings): void {
  const scratch = new Uint16Array(width * height);
  cold.render(0, {}, scratch);
  cold.render(1, {}, scratch);
}

parentPort?.on('message', (request: RenderRequest) => {
  let answer: RenderAnswer;
  try {
    answer = answerTo(request);
  } catch (thrown) {
    answer = { kind: 'failed', error: errorRecordFrom(thrown) };
  }
  parentPort?.postMessage(answer);
});
