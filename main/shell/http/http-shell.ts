import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type CallOutcome, calls } from '../../../preload/contract.ts';
import { InputError, type LabError, messageOf, ResourceError } from '../../base/errors.ts';
import type { Timer } from '../../base/timer.ts';
import type { LabService } from '../service.ts';
import { AccessGuard, isEveryAddress, type Refusal, securityHeaders } from './access.ts';
import { LabStreams } from './streams.ts';

const mostBodyBytes = 1 << 20;
const plainText = 'text/plain; charset=utf-8';

/** What is served, and where. */
export interface HttpShellOptions {
  readonly service: LabService;
  /** The built page; absolute. */
  readonly rendererFolder: string;
  /** An address of this machine; loopback by default. On any other the traffic is open to read on the network. */
  readonly host?: string;
  /** 0 or absent takes a free one. */
  readonly port?: number;
  /** Times clients that take nothing; the event loop's by default. */
  readonly timer?: Timer;
}

/** A served lab. */
export interface HttpShell {
  /** The address to open on this machine, token included. */
  readonly url: string;
  /** The addresses for other machines, token included; empty unless every address of this machine is listened on. */
  readonly networkUrls: readonly string[];
  readonly port: number;
  /** Ends every stream and stops listening. The lab itself goes on. */
  close(): Promise<void>;
}

/** Serves the page, the contract's calls, its events and the views' frames. Rejects with a LabError when it cannot listen. */
export async function startHttpShell(options: HttpShellOptions): Promise<HttpShell> {
  const { host = '127.0.0.1' } = options;
  const guard = new AccessGuard(host);
  const server = createServer(guard);
  addPage(server, options.rendererFolder);
  addContract(server, new LabStreams(options.service, options.timer), options.service);
  const port = await listen(server, host, options.port ?? 0);
  guard.listensOn(port);
  const urlOf = (name: string): string => `http://${name.includes(':') ? `[${name}]` : name}:${port}/?token=${guard.token}`;
  return {
    url: urlOf(isEveryAddress(host) ? '127.0.0.1' : host),
    networkUrls: isEveryAddress(host) ? networkAddresses().map(urlOf) : [],
    port,
    close: () => server.close(),
  };
}

/** This machine's IPv4 addresses, which both wildcards cover, as other machines may reach them. */
function networkAddresses(): string[] {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return entries.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}

/** A server that lets nothing past the guard and answers every error in a form that the page understands. */
function createServer(guard: AccessGuard): FastifyInstance {
  const admit = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    reply.headers(securityHeaders);
    const refusal = guard.refusalOf(request.raw);
    if (refusal) return refuse(request, reply, refusal);
    return guard.isOpening(request.raw) ? reply.header('set-cookie', guard.cookie).redirect('/', 303) : undefined;
  };
  const server = fastify({
    bodyLimit: mostBodyBytes,
    forceCloseConnections: true,
    // Malformed addresses are answered before any hook runs.
    frameworkErrors: (error, request, reply) => {
      if (!admit(request, reply)) answerError(error, reply);
    },
  });
  server.addHook('onRequest', async (request, reply) => admit(request, reply));
  server.setNotFoundHandler((_request, reply) => reply.code(404).type(plainText).send('There is nothing here.\n'));
  server.setErrorHandler<FastifyError>((error, _request, reply) => answerError(error, reply));
  return server;
}

function refuse({ url }: FastifyRequest, reply: FastifyReply, { status, message }: Refusal): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (url.startsWith('/api/call/')) return answer(reply, status, { ok: false, error: { code: `http.${status}`, message } });
  return reply.code(status).type(plainText).send(`${message}\n`);
}

function addPage(server: FastifyInstance, rendererFolder: string): void {
  const assets = path.join(rendererFolder, 'assets') + path.sep;
  void server.register(fastifyStatic, {
    root: rendererFolder,
    cacheControl: false,
    setHeaders: (response, file) => {
      // Built assets carry their content's hash in their name; the page that names them does not.
      if (path.normalize(file).startsWith(assets)) response.header('cache-control', 'public, max-age=31536000, immutable');
    },
  });
}

function addContract(server: FastifyInstance, streams: LabStreams, service: LabService): void {
  server.addHook('preClose', async () => streams.close());
  // A form of another site can post plain text without asking first: the contract's calls are JSON or nothing.
  server.removeContentTypeParser('text/plain');
  server.post<{ Params: { name: string } }>('/api/call/:name', async ({ params, body }, reply) => {
    const outcome = await service.call(params.name, body ?? {});
    const failureStatus = Object.hasOwn(calls, params.name) ? 400 : 404;
    return answer(reply, outcome.ok ? 200 : failureStatus, outcome);
  });
  // A HEAD would never end, and it would take a view away from its page.
  server.get('/api/events', { exposeHeadRoute: false }, (_request, reply) => {
    reply.hijack();
    streams.sendEvents(reply.raw);
  });
  server.get<{ Params: { viewId: string } }>('/api/view/:viewId', { exposeHeadRoute: false }, ({ params }, reply) => {
    reply.hijack();
    streams.sendView(params.viewId, reply.raw);
  });
}

function answer(reply: FastifyReply, status: number, outcome: CallOutcome<unknown>): FastifyReply {
  return reply.code(status).type('application/json; charset=utf-8').send(outcome);
}

/** What is wrong with a request, by the status that fastify gives it. */
const requestSentences: Readonly<Record<number, string>> = {
  400: 'Expected a well-formed address and a JSON body but received something else',
  413: `Expected a body of at most ${mostBodyBytes} bytes but received a longer one`,
  415: 'Expected a body of type application/json but received another type',
};

function answerError(error: FastifyError, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  const message = requestSentences[status] ?? messageOf(error);
  return answer(reply, status, { ok: false, error: { code: `http.${status}`, message } });
}

async function listen(server: FastifyInstance, host: string, port: number): Promise<number> {
  await server.ready();
  try {
    await server.listen({ host, port });
    return (server.server.address() as AddressInfo).port;
  } catch (thrown) {
    await server.close();
    throw listenError(thrown, host, port);
  }
}

/** An address that is none of this machine's is a slip in the command; a port that is taken is a matter of the machine. */
function listenError(thrown: unknown, host: string, port: number): LabError {
  const notHere: [string, string] = [
    `Expected an address of this machine but received ${host}`,
    'Leave --host out, or give one of its addresses.',
  ];
  const sentences: Readonly<Record<string, [string, string]>> = {
    EADDRINUSE: [`Expected a free port but ${port} is in use`, 'Leave --port out to get a free one, or choose another.'],
    EACCES: [`Expected a permitted port but ${port} is reserved for the system`, 'Choose one above 1023.'],
    EADDRNOTAVAIL: notHere,
    EAFNOSUPPORT: notHere,
    ENOTFOUND: notHere,
    EAI_AGAIN: notHere,
  };
  const sentence = sentences[String((thrown as { code?: unknown }).code)];
  if (sentence === notHere) return new InputError('http.not-this-machine', ...notHere, thrown);
  const [message, action] = sentence ?? [
    `Expected to listen on ${host}, port ${port}, but received: ${messageOf(thrown)}`,
    'Choose another --host or --port.',
  ];
  return new ResourceError('http.cannot-listen', message, action, thrown);
}
