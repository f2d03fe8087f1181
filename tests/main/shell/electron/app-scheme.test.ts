import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchemeHandler, isPageUrl, pageUrl } from '../../../../main/shell/electron/app-scheme.ts';

let folder: string;
let respond: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-scheme-'));
  const page = path.join(folder, 'renderer');
  await mkdir(path.join(page, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.json'), '{}');
  await writeFile(path.join(page, 'index.html'), '<!doctype html>');
  await writeFile(path.join(page, 'notes.key'), 'no type');
  for (const name of ['index-abc.js', 'index-abc.css', 'icon.svg', 'font.woff2'])
    await writeFile(path.join(page, 'assets', name), name);
  await symlink(path.join(folder, 'secret.json'), path.join(page, 'link.json'));
  respond = createSchemeHandler(page);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what leads out of the page’s folder', () => {
  it.each([
    'camera-lab://app/..%2fsecret.json',
    'camera-lab://app/%2e%2e/secret.json',
    'camera-lab://app/assets/..%2f..%2fsecret.json',
    'camera-lab://app/..%5csecret.json',
    'camera-lab://app/link.json',
    'camera-lab://app/%2fetc%2fpasswd',
    'camera-lab://app/index.html%00.js',
    'camera-lab://app/%E0%A4%A',
    'camera-lab://app/absent.js',
    'camera-lab://app/assets',
    'camera-lab://app/notes.key',
  ])('%s is not found', async (url) => {
    expect((await respond(new Request(url))).status).toBe(404);
  });

  it.each(['camera-lab://other/index.html', 'https://app/index.html'])('%s is refused', async (url) => {
    expect((await respond(new Request(url))).status).toBe(403);
  });

  it.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    expect((await respond(new Request(pageUrl, { method }))).status).toBe(405);
  });
});

describe('the page’s files', () => {
  it.each([
    ['', 'text/html; charset=utf-8'],
    ['index.html', 'text/html; charset=utf-8'],
    ['index.html?view=1#x', 'text/html; charset=utf-8'],
    ['assets/index-abc.js', 'text/javascript; charset=utf-8'],
    ['assets/index-abc.css', 'text/css; charset=utf-8'],
    ['assets/icon.svg', 'image/svg+xml'],
    ['assets/font.woff2', 'font/woff2'],
  ])('%s is served as %s', async (name, mediaType) => {
    const response = await respond(new Request(`camera-lab://app/${name}`));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(mediaType);
  });

  it('HEAD has headers and no body', async () => {
    const response = await respond(new Request(pageUrl, { method: 'HEAD' }));
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it.each([pageUrl, 'camera-lab://app/absent.js'])('%s carries the policy and nosniff', async (url) => {
    const { headers } = await respond(new Request(url));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual([
      "default-src 'self'",
      "img-src 'self' data: blob:",
      "style-src 'self' 'unsafe-inline'",
      "script-src 'self'",
      "worker-src 'self' blob:",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });
});

describe('isPageUrl', () => {
  it.each(['', 'nonsense', 'file:///index.html', 'camera-lab://app.evil/', 'camera-lab://evil@other/', 'camera-lab:app'])(
    'refuses %j',
    (url) => expect(isPageUrl(url)).toBe(false),
  );

  it('knows the page', () => expect(isPageUrl(pageUrl)).toBe(true));
});
