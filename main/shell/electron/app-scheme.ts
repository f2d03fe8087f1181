import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { CustomScheme } from 'electron';
import { contentSecurityPolicy } from '../page-policy.ts';

const schemeName = 'camera-lab';
const hostName = 'app';

/** The page's address in the window. */
export const pageUrl = `${schemeName}://${hostName}/index.html`;

/** The page's scheme, to be registered before Electron is ready: a secure origin with `fetch`, and no right beyond these. */
export const appScheme: CustomScheme = {
  scheme: schemeName,
  privileges: { standard: true, secure: true, supportFetchAPI: true },
};

const securityHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Whether a URL is a page of this scheme: the only place that the shell takes messages from. */
export function isPageUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed?.protocol === `${schemeName}:` && parsed.host === hostName;
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: securityHeaders });
}

/** The file that a URL's path names below `folder`, or `undefined` where it is malformed or leads out, by dots or by a link. */
async function fileBelow(folder: string, encodedPath: string): Promise<string | undefined> {
  try {
    const decoded = decodeURIComponent(encodedPath);
    if (/[\\\0]/.test(decoded)) return undefined;
    const [root, file] = await Promise.all([
      realpath(folder),
      realpath(path.join(folder, decoded === '/' ? 'index.html' : decoded)),
    ]);
    return file.startsWith(root + path.sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Answers the scheme's requests from the files below `folder`; everything that is not a file there is refused. */
export function createSchemeHandler(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isPageUrl(request.url)) return refusal(403);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405);
    const file = await fileBelow(folder, new URL(request.url).pathname);
    const mediaType = file === undefined ? undefined : mediaTypes[path.extname(file).toLowerCase()];
    if (file === undefined || mediaType === undefined) return refusal(404);
    const body = request.method === 'HEAD' ? null : await readFile(file);
    return new Response(body, { headers: { ...securityHeaders, 'Content-Type': mediaType } });
  };
}
