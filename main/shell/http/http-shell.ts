import type { AddressInfo } from 'node:net';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { type CallOutcome, calls } from '../../../preload/contract.ts';
import { messageOf, ResourceError } from '../../base/errors.ts';
import type { LabService } from '../service.ts';
import { AccessGuard, newToken, securityHeaders } from './access.ts';
import { streamEvents, streamView } from './streams.ts';

const mostBodyBytes = 1 << 20;

/** What is served, and where. */
export interface HttpShellOptions {
  readonly service: LabService;
  /** The built page; absolute. */
  readonly rendererFolder: string;
  /** An address of this machine; loopback by default. On any other the traffic is open to read on the network. */
  readonly host?: string;
  /** 0 or absent takes a free one. */
  readonly port?: number;
  readonly token?: string;
}

/** A served lab. */
export interface HttpShell {
  /** The address to open, token included. */
  readonly url: string;
  readonly port: number;
  /** Ends every stream and stops listening. The lab itself goes on. */
  close(): Promise<void>;
}

/** Serves the page, the contract's calls, its events and the views' frames. Rejects with ResourceError when it cannot listen. */
export async function startHttpShell(options: HttpShellOptions): Promise<HttpShell> {
  const { host = '127.0.0.1', token = newToken() } = options;
  const guard = new AccessGuard(token, host);
  const server = fastify({ bodyLimit: mostBodyBytes, forceCloseConnections: true });
  addGuard(server, guard);
  addRoutes(server, options);
  addErrorAnswers(server);
  const port = await listen(server, host, options.port ?? 0);
  guard.listensOn(port);
  const shown = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host;
  return { url: `http://${shown}:${port}/?token=${token}`, port, close: () => server.close() };
}

function addGuard(server: FastifyInstance, guard: AccessGuard): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const refusal = guard.refusalOf(request);
    if (refusal) return reply.code(refusal.status).type('text/plain; charset=utf-8').send(`${refusal.message}\n`);
    if (!guard.isOpening(request)) return;
    guard.grant(reply);
    return reply.redirect('/', 303);
  });
}

function addRoutes(server: FastifyInstance, { service, rendererFolder }: HttpShellOptions): void {
  void server.register(fastifyStatic, {
    root: rendererFolder,
    setHeaders: (response, path) => {
      // Built assets carry their content's hash in their name; the page that names them does not.
      const cache = path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
      response.header('cache-control', cache);
    },
  });
  server.post<{ Params: { name: string } }>('/api/call/:name', async ({ params, body }, reply) => {
    const outcome = await service.call(params.name, body ?? {});
    return answer(reply, Object.hasOwn(calls, params.name) ? 400 : 404, outcome);
  });
  server.get('/api/events', (_request, reply) => {
    reply.hijack();
    streamEvents(service, reply.raw);
  });
  server.get<{ Params: { viewId: string } }>('/api/view/:viewId', ({ params }, reply) => {
    reply.hijack();
    streamView(service, params.viewId, reply.raw);
  });
}

function answer(reply: FastifyReply, failureStatus: number, outcome: CallOutcome<unknown>): FastifyReply {
  return reply
    .code(outcome.ok ? 200 : failureStatus)
    .header('cache-control', 'no-store')
    .send(outcome);
}

function addErrorAnswers(server: FastifyInstance): void {
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('There is nothing here.\n'),
  );
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    return answer(reply, status, { ok: false, error: { code: `http.${status}`, message: messageOf(error) } });
  });
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<number> {
  try {
    await server.listen({ host, port });
    return (server.server.address() as AddressInfo).port;
  } catch (thrown) {
    await server.close();
    throw listenError(thrown, host, port);
  }
}

function listenError(thrown: unknown, host: string, port: number): ResourceError {
  const sentences: Readonly<Record<string, [string, string]>> = {
    EADDRINUSE: [`Expected a free port but ${port} is in use`, 'Leave --port out to get a free one, or choose another.'],
    EACCES: [`Expected a permitted port but ${port} is reserved for the system`, 'Choose one above 1023.'],
    EADDRNOTAVAIL: [
      `Expected an address of this machine but received ${host}`,
      'Leave --host out, or give one of its addresses.',
    ],
    ENOTFOUND: [
      `Expected an address of this machine but ${host} is not known`,
      'Leave --host out, or give one of its addresses.',
    ],
  };
  const [message, action] = sentences[String((thrown as { code?: unknown }).code)] ?? [
    `Cannot listen on ${host}:${port}: ${messageOf(thrown)}`,
    undefined,
  ];
  return new ResourceError('http.cannot-listen', message, action, thrown);
}
