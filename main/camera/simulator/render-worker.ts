import { parentPort } from 'node:worker_threads';
import { assert, errorRecordFrom } from '../../base/errors.ts';
import { FramePool } from '../../frame/frame-pool.ts';
import type { RenderAnswer, RenderRequest } from './render-protocol.ts';
import { type RendererSettings, SimulatorRenderer } from './renderer.ts';

let renderer: SimulatorRenderer | undefined;
let pool: FramePool | undefined;

function answerTo(request: RenderRequest): RenderAnswer {
  if (request.kind === 'prepare') {
    renderer = new SimulatorRenderer(request.settings);
    pool = new FramePool(request.pool);
    warmUp(renderer, request.settings);
    return { kind: 'prepared' };
  }
  assert(renderer !== undefined && pool !== undefined, 'Expected a prepared renderer but received a frame to render');
  renderer.render(request.sequence, request.frame, pool.samples(request.handle));
  return { kind: 'rendered', sequence: request.sequence };
}

/** The first frames of a stream must be as fast as the others, so the compiler sees two of them before. */
function warmUp(cold: SimulatorRenderer, { width, height }: RendererSettings): void {
  const frame = { exposureMicros: 10_000, analogueGain: 1, illuminantKelvin: 5500, noise: true, motion: true };
  const scratch = new Uint16Array(width * height);
  cold.render(0, frame, scratch);
  cold.render(1, frame, scratch);
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
