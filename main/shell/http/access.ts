import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import type { FastifyReply, FastifyRequest } from 'fastify';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** Addresses that stand for every address of this machine. */
const wildcards = ['0.0.0.0', '::'];

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => bracketed(address)));
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase();
}

/** The page's policy, sent with every response: nothing from elsewhere, no inline scripts, no frames. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every response, errors included. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** A new token: 32 random bytes, base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Why a request is refused. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/**
 * Who may talk to the served lab. A request needs the token, as a cookie or a bearer; its Host must be a name that the lab
 * listens on, which defeats DNS rebinding; an Origin, where there is one, must be the lab's own.
 */
export class AccessGuard {
  readonly #token: string;
  readonly #names: readonly string[];
  #port = 0;

  constructor(token: string, host: string) {
    this.#token = token;
    this.#names = [...loopbackNames, ...(wildcards.includes(host) ? ownAddresses() : [bracketed(host)])];
  }

  /** Called once the port is known. */
  listensOn(port: number): void {
    this.#port = port;
  }

  /** The first reason against a request, or undefined. The opening request brings its token in the query. */
  refusalOf(request: FastifyRequest): Refusal | undefined {
    const { host, origin } = request.headers;
    const authorities = this.#names.map((name) => `${name}:${this.#port}`);
    if (!host || !authorities.includes(host.toLowerCase())) {
      return { status: 403, message: 'Expected the address that the terminal shows but received another host name.' };
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      return { status: 403, message: 'Expected a request of the lab itself but received one of another site.' };
    }
    if (this.#bringsToken(request)) return undefined;
    return { status: 401, message: 'Open the whole address that the terminal shows: it holds the token of this lab.' };
  }

  /** True when the request carries the token in its query: it then gets the cookie and is led to the plain address. */
  isOpening(request: FastifyRequest): boolean {
    return this.#matches((request.query as { token?: unknown }).token);
  }

  grant(reply: FastifyReply): void {
    reply.header('set-cookie', `${this.#cookieName}=${this.#token}; HttpOnly; SameSite=Strict; Path=/`);
  }

  /** Cookies are shared by all ports of a host: the name keeps two labs apart. */
  get #cookieName(): string {
    return `camera-lab-${this.#port}`;
  }

  #bringsToken(request: FastifyRequest): boolean {
    const { authorization, cookie } = request.headers;
    const cookies = (cookie ?? '').split(';').map((part) => part.trim());
    const fromCookie = cookies.find((part) => part.startsWith(`${this.#cookieName}=`))?.slice(this.#cookieName.length + 1);
    const fromHeader = authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : undefined;
    return this.#matches(fromCookie) || this.#matches(fromHeader) || this.isOpening(request);
  }

  #matches(candidate: unknown): boolean {
    if (typeof candidate !== 'string') return false;
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(candidate), digest(this.#token));
  }
}
