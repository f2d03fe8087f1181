import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { contentSecurityPolicy } from '../page-policy.ts';

/** Headers of every response, errors and streams included. What the lab shows is not for caches; built assets override that. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

const tokenBytes = 32;
const wildcards = ['0.0.0.0', '::'];
const authority = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::\d+)?$/i;

/** Whether listening on this host means every address of the machine. */
export function isEveryAddress(host: string): boolean {
  return wildcards.includes(host);
}

/** Why a request is refused, in one sentence. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/**
 * Who may talk to the served lab. A request needs the token, as a cookie or a bearer; its Host must be an address or a
 * name of the lab, which defeats DNS rebinding; where a browser says who asks, it must be the lab's own page.
 */
export class AccessGuard {
  /** 256 random bits, base64url; a new one for every guard. */
  readonly token = randomBytes(tokenBytes).toString('base64url');
  readonly #names: readonly string[];
  #port = 0;

  /** `host` is what the server listens on. */
  constructor(host: string) {
    const machine = hostname().toLowerCase();
    this.#names = ['localhost', host.toLowerCase(), ...(isEveryAddress(host) ? [machine, `${machine}.local`] : [])];
  }

  /** Called once the port is known. */
  listensOn(port: number): void {
    this.#port = port;
  }

  /** The first reason against a request, or undefined. */
  refusalOf(request: IncomingMessage): Refusal | undefined {
    if (!this.#isOwnHost(request.headers.host)) {
      return { status: 403, message: 'Expected the address that the terminal shows but received another host name.' };
    }
    if (isForeign(request)) {
      return { status: 403, message: 'Expected a request of the lab itself but received one of another site.' };
    }
    if (this.isOpening(request) || this.#bringsToken(request)) return undefined;
    return { status: 401, message: 'Open the whole address that the terminal shows: it holds the token of this lab.' };
  }

  /** Whether this is the address that the terminal shows: the browser then gets the cookie and is led to the plain address. */
  isOpening({ method, url = '' }: IncomingMessage): boolean {
    if (method !== 'GET' || !url.startsWith('/?')) return false;
    return this.#matches(new URLSearchParams(url.slice(2)).get('token'));
  }

  /**
   * The cookie that holds the token. Cookies are shared by all ports of a host: the name keeps two labs apart. `Lax`, since
   * `Strict` would refuse the page to everyone who follows its link from a web page, such as a terminal in the browser.
   */
  get cookie(): string {
    return `${this.#cookieName}=${this.token}; HttpOnly; SameSite=Lax; Path=/`;
  }

  get #cookieName(): string {
    return `camera-lab-${this.#port}`;
  }

  /** A DNS name can be pointed here by anyone, an address cannot. The port is left alone: a tunnel changes it. */
  #isOwnHost(host: string | undefined): boolean {
    const name = authority.exec(host ?? '')?.[1]?.toLowerCase();
    if (name === undefined) return false;
    return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || this.#names.includes(name);
  }

  #bringsToken({ headers }: IncomingMessage): boolean {
    const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    const prefix = `${this.#cookieName}=`;
    const cookies = (headers.cookie ?? '').split(';').map((part) => part.trim());
    // Other servers of this host can add cookies of the same name: any that matches counts.
    const candidates = cookies.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length));
    return [bearer, ...candidates].some((candidate) => this.#matches(candidate));
  }

  /** Compares digests, whose length says nothing about the candidate's. */
  #matches(candidate: string | null | undefined): boolean {
    if (typeof candidate !== 'string') return false;
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(candidate), digest(this.token));
  }
}

/**
 * Whether a browser says that another site asks. A plain GET carries no Origin, so that Fetch Metadata speaks for it there
 * (https://www.w3.org/TR/fetch-metadata/). Links to the page may be followed from anywhere.
 */
function isForeign({ headers, url = '' }: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (origin !== undefined) return origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  const isLink = mode === 'navigate' && !url.startsWith('/api/');
  return !isLink && site !== undefined && site !== 'same-origin' && site !== 'none';
}
