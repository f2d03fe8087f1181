import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, type ErrorRecord, errorRecordFrom, InputError, LabError, messageOf } from '../../base/errors.ts';
import { callOnPictures } from '../chain/picture-call.ts';
import type { ImageProcessor } from '../image-processor.ts';
import { inlineHandle, type ProcessorHandle } from '../processor-handle.ts';
import type { HostAnswer, HostMessage, HostOrder, HostRequest } from './host-protocol.ts';
import { processorKit } from './processor-kit.ts';

/**
 * The thread of one package's code. It never touches ONNX Runtime, so that it can be ended at any moment: graphs are built here and run
 * by the lanes.
 */
async function start({ moduleUrl }: HostOrder): Promise<ProcessorHandle> {
  const declared = await declaredBy(moduleUrl).catch((thrown: unknown) => {
    throw thrown instanceof LabError ? thrown : unloadable(moduleUrl, thrown);
  });
  if (typeof declared === 'object' && declared !== null) return inlineHandle(declared as ImageProcessor);
  const message = `Expected a processor, or a function that gives one, as the default export but received ${typeof declared}`;
  throw new InputError('package.no-processor', message, 'Write export default ({ defineProcessor }) => defineProcessor({ … }).');
}

async function declaredBy(moduleUrl: string): Promise<unknown> {
  const { default: exported } = (await import(moduleUrl)) as { default?: unknown };
  return typeof exported === 'function' ? await exported(processorKit) : exported;
}

/** What code throws while it is loaded is its author's to mend, and seldom a sentence. */
function unloadable(moduleUrl: string, thrown: unknown): InputError {
  const reason = messageOf(thrown).split('\n')[0];
  const message = `Expected a module that loads but ${basename(moduleUrl)} of the package threw: ${reason}`;
  return new InputError('package.code', message, 'Mend the package; saving it loads it again.', thrown);
}

function run(handle: ProcessorHandle, request: HostRequest): Promise<unknown> {
  switch (request.kind) {
    case 'prepare':
      return handle.prepare(request.values);
    case 'halo':
      return handle.halo?.(request.values) ?? Promise.resolve(undefined);
    case 'plan':
      return handle.plan(request.request);
    case 'call':
      return handle.call(request.request);
    case 'call-on-pictures':
      return callOnPictures({ id: String(handle.facts.id), call: (call) => handle.call(call) }, request.call);
    case 'shutdown':
      return handle.close();
  }
}

const port = parentPort;
assert(port, 'Expected to be started as a thread');

/** Results that cannot cross threads, such as functions, are the package's fault and not the host's end. */
function send(answer: HostAnswer): void {
  try {
    port?.postMessage(answer);
  } catch (thrown) {
    const error: ErrorRecord = {
      code: 'package.result',
      message: `Expected plain data as a result but received: ${String(thrown)}`,
    };
    port?.postMessage({ number: answer.number, error });
  }
}

async function answer(number: number, work: Promise<unknown>): Promise<void> {
  await work.then(
    (result) => send({ number, result }),
    (thrown: unknown) => send({ number, error: errorRecordFrom(thrown) }),
  );
}

const starting = start(workerData as HostOrder);
port.on('message', ({ number, request }: HostMessage) => {
  void answer(
    number,
    starting.then((handle) => run(handle, request)),
  );
});
await answer(
  0,
  starting.then(({ facts }) => ({ facts })),
);
