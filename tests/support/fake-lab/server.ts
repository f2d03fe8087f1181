import { Readable } from 'node:stream';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import { viewCredits } from '../../../preload/contract.ts';
import { encodeFrameHeader } from '../../../preload/frame-wire.ts';
import { fakeProcessor } from './descriptions.ts';
import { FakeLab } from './fake-lab.ts';
import { FakePicture } from './picture.ts';

/** A running fake lab on loopback. */
export interface FakeLabServer {
  readonly url: string;
  readonly lab: FakeLab;
  close(): Promise<void>;
}

const framesPerSecond = 30;
const statusEveryFrames = 15;
/** The policy of the real shells, so that the page is developed under it. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; worker-src 'self' blob:; connect-src 'self'";

/** Serves the built page in `pageFolder` and a fake lab with a moving picture at 30 frames per second. Port 0 takes a free one. */
export async function startFakeLab(pageFolder: string, port = 0): Promise<FakeLabServer> {
  const lab = new FakeLab();
  const frames = new FrameSource(lab);
  const app = fastify({ forceCloseConnections: true });
  app.addHook('onSend', async (_request, reply) => void reply.header('content-security-policy', contentSecurityPolicy));
  await app.register(fastifyStatic, { root: pageFolder });

  app.post<{ Params: { name: string } }>('/api/call/:name', async ({ params, body }) => {
    if (params.name === 'view.acknowledge') frames.acknowledge((body as { viewId: string }).viewId);
    return lab.call(params.name, body);
  });
  app.get('/api/events', (_request, reply) => {
    const stream = new Readable({ read: () => undefined });
    stream.push(': hello\n\n');
    const unsubscribe = lab.subscribe((name, payload) => stream.push(`event: ${name}\ndata: ${JSON.stringify(payload)}\n\n`));
    stream.on('close', unsubscribe);
    return reply.type('text/event-stream').send(stream);
  });
  app.get<{ Params: { viewId: string } }>('/api/view/:viewId', ({ params }, reply) => {
    const stream = new Readable({ read: () => undefined });
    stream.on(
      'close',
      frames.open(params.viewId, (bytes) => stream.push(bytes)),
    );
    return reply.type('application/octet-stream').send(stream);
  });

  const url = await app.listen({ port, host: '127.0.0.1' });
  await lab.call('source.open', { sourceId: 'simulator:chart' });
  return {
    url,
    lab,
    async close() {
      frames.close();
      await app.close();
    },
  };
}

/** Renders while the stream runs and sends each view what its credits allow. */
class FrameSource {
  readonly #lab: FakeLab;
  readonly #views = new Map<string, { credits: number; send: (bytes: Uint8Array) => void }>();
  readonly #timer: NodeJS.Timeout;
  #picture = new FakePicture(960, 540);
  #frameId = 0;
  #shown = 0;
  #appliedVersion = 0;

  constructor(lab: FakeLab) {
    this.#lab = lab;
    this.#timer = setInterval(() => this.#step(), 1000 / framesPerSecond);
  }

  open(viewId: string, send: (bytes: Uint8Array) => void): () => void {
    this.#views.set(viewId, { credits: viewCredits, send });
    return () => this.#views.delete(viewId);
  }

  acknowledge(viewId: string): void {
    const view = this.#views.get(viewId);
    if (view) view.credits = viewCredits;
    this.#shown++;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #step(): void {
    if (this.#lab.stream.phase !== 'streaming') return;
    this.#frameId++;
    this.#lab.countFrame();
    const { version, values } = this.#lab.parameters;
    const width = values.output_resolution === 'half' ? 480 : 960;
    if (this.#picture.width !== width) this.#picture = new FakePicture(width, (width * 9) / 16);
    const pixels = this.#picture.render(this.#frameId, values);
    const nowNs = process.hrtime.bigint();
    const identity = { frameId: this.#frameId, sequence: this.#frameId - 1, parameterVersion: version };
    const size = { width, height: this.#picture.height, payloadBytes: pixels.byteLength };
    const header = encodeFrameHeader({ ...identity, ...size, capturedNs: nowNs, finishedNs: nowNs });
    for (const view of this.#views.values()) {
      if (view.credits <= 0) continue;
      view.credits--;
      view.send(Buffer.concat([header, pixels]));
    }
    this.#announce(version);
  }

  #announce(version: number): void {
    const { frameId, sequence } = { frameId: this.#frameId, sequence: this.#frameId - 1 };
    if (version !== this.#appliedVersion) {
      this.#lab.announce('parameter.applied', { processorId: fakeProcessor.id, version, frameId, sequence });
    }
    this.#appliedVersion = version;
    if (frameId % statusEveryFrames !== 0) return;
    this.#lab.announce('status.snapshot', {
      framesPerSecondIn: framesPerSecond,
      framesPerSecondShown: Math.min(framesPerSecond, this.#shown * (framesPerSecond / statusEveryFrames)),
      framesIn: frameId,
      framesShown: frameId,
      dropped: {
        'no-free-slot': 0,
        'source-late': 0,
        'driver-gap': 0,
        'bad-buffer': 0,
        'replaced-in-lane': 3,
        expired: 0,
        failed: 0,
        'replaced-in-view': 12,
      },
      latencyMillis: { median: 31.2, p99: 58.7 },
      stageMillis: { median: 11.24, p99: 15.8 },
      dispatcherMillis: { median: 0.21, p99: 0.44 },
      laneLoad: 0.37,
      slotsInUse: 3,
      slotsTotal: 8,
      memory: [
        { consumer: 'camera', bytes: 12_582_912, evictions: 0, refusals: 0 },
        { consumer: 'fusion', bytes: 33_177_600, budgetBytes: 536_870_912, evictions: 3, refusals: 1 },
      ],
      diskFreeBytes: 214.6e9,
    });
    this.#shown = 0;
  }
}
