import net from 'node:net';
import os from 'node:os';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LabError } from '../../../../main/base/errors.ts';
import { ServedLab } from './served-lab.ts';

let lab: ServedLab;

beforeAll(async () => {
  lab = await ServedLab.start();
});

beforeEach(() => {
  lab.service.received.length = 0;
  lab.service.outcome = { ok: true, result: {} };
});

afterEach(() => vi.restoreAllMocks());

afterAll(() => lab[Symbol.asyncDispose]());

/** The error that serving ends with. */
async function refusedStart(options: { host?: string; port?: number }): Promise<LabError> {
  const thrown = await ServedLab.start(options).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(LabError);
  return thrown as LabError;
}

describe('what cannot be listened on', () => {
  it('a port in use is named, with what to do', async () => {
    const error = await refusedStart({ port: lab.shell.port });
    expect(error.message).toBe(`Expected a free port but ${lab.shell.port} is in use`);
    expect(error.action).toBe('Leave --port out to get a free one, or choose another.');
    expect([error.code, error.exitCode]).toEqual(['http.cannot-listen', 1]);
  });

  it('an address of another machine is named', async () => {
    const error = await refusedStart({ host: '192.0.2.1' });
    expect(error.message).toBe('Expected an address of this machine but received 192.0.2.1');
    expect(error.action).toBe('Leave --host out, or give one of its addresses.');
    expect([error.code, error.exitCode]).toEqual(['http.not-this-machine', 2]);
  });

  it.each([
    ['EACCES', 'Expected a permitted port but 80 is reserved for the system', 'Choose one above 1023.'],
    ['ENOTFOUND', 'Expected an address of this machine but received lab', 'Leave --host out, or give one of its addresses.'],
    ['EAI_AGAIN', 'Expected an address of this machine but received lab', 'Leave --host out, or give one of its addresses.'],
    ['EMFILE', 'Expected to listen on lab, port 80, but received: refused by the system', 'Choose another --host or --port.'],
  ])('%s of the system becomes a sentence', async (code, message, action) => {
    vi.spyOn(net.Server.prototype, 'listen').mockImplementation(function (this: net.Server) {
      process.nextTick(() => this.emit('error', Object.assign(new Error('refused by the system'), { code })));
      return this;
    });
    const error = await refusedStart({ host: 'lab', port: 80 });
    expect([error.message, error.action]).toEqual([message, action]);
  });
});

describe('calls', () => {
  it.each([
    ['malformed JSON', '{"id":', 'application/json', 400],
    ['no body', '', 'application/json', 400],
    ['a poisoned prototype', '{"__proto__":{"x":1}}', 'application/json', 400],
    ['plain text, which forms of other sites can post', '{}', 'text/plain', 415],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['more than 1 MiB', JSON.stringify('x'.repeat(1 << 20)), 'application/json', 413],
  ])('with %s are refused before the lab', async (_what, body, contentType, status) => {
    const answer = await lab.call('control.set', body, contentType);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: `http.${status}` } });
    expect(JSON.parse(answer.text).error.message).toMatch(/^Expected .+ but received /);
    expect(lab.service.received).toEqual([]);
  });

  it.each(['nothing.here', '__proto__', 'constructor', 'toString'])('of the name %s are unknown', async (name) => {
    const answer = await lab.call(name, '{}');
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: 'contract.unknown-call' } });
  });

  it('that the lab refuses carry its error', async () => {
    lab.service.outcome = { ok: false, error: { code: 'control.range', message: 'Expected 1 to 8', action: 'Give less.' } };
    const answer = await lab.call('control.set', '{"values":{"gain":9}}');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toEqual(lab.service.outcome);
  });

  it('whose result is no JSON are a failure of the lab', async () => {
    lab.service.outcome = { ok: true, result: 1n };
    const answer = await lab.call('stream.state', '{}');
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: 'http.500' } });
  });

  it('reach the lab as they are and return its result', async () => {
    lab.service.outcome = { ok: true, result: { id: 'gain', requested: 2, applied: 2 } };
    const answer = await lab.call('control.set', '{"values":{"gain":2}}');
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, lab.service.outcome]);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(lab.service.received).toEqual([{ name: 'control.set', payload: { values: { gain: 2 } } }]);
  });

  it('without a body have an empty payload', async () => {
    expect((await lab.ask({ path: '/api/call/stream.stop', method: 'POST', headers: lab.bearer })).status).toBe(200);
    expect(lab.service.received).toEqual([{ name: 'stream.stop', payload: {} }]);
  });

  it('are not made by GET', async () => {
    expect((await lab.ask({ path: '/api/call/stream.stop', headers: lab.bearer })).status).toBe(404);
    expect(lab.service.received).toEqual([]);
  });
});

describe('the page', () => {
  it.each([
    '/../secret.json',
    '/../../secret.json',
    '/%2e%2e/%2e%2e/secret.json',
    '/..%2f..%2fsecret.json',
    '/assets/..%2f..%2f..%2fsecret.json',
    '/..%5c..%5csecret.json',
    '//etc/passwd',
    '/index.html%00.js',
    '/%E0%A4%A',
    '/assets/',
    '/absent.js',
  ])('%s leads nowhere', async (path) => {
    const { status, text } = await lab.ask({ path, headers: lab.bearer });
    expect([400, 403, 404]).toContain(status);
    expect(text).not.toMatch(/^secret|root:/);
  });

  it.each([
    ['/', 'text/html; charset=utf-8', 'no-store'],
    ['/index.html', 'text/html; charset=utf-8', 'no-store'],
    ['/assets/index-abc.js', 'application/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('%s is served as %s, to be cached as %s', async (path, type, caching) => {
    const { status, headers } = await lab.ask({ path, headers: lab.bearer });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, caching]);
  });
});

describe('every response', () => {
  it.each([
    ['the page', 'GET', '/', 200],
    ['an asset', 'GET', '/assets/index-abc.js', 200],
    ['the opening', 'GET', '/?token=TOKEN', 303],
    ['a call', 'POST', '/api/call/stream.state', 200],
    ['an unknown call', 'POST', '/api/call/nothing', 404],
    ['an unknown path', 'GET', '/nothing', 404],
    ['an unknown method', 'DELETE', '/', 404],
    ['a malformed address', 'GET', '/%E0%A4%A', 400],
    ['an endless name', 'GET', `/api/view/${'x'.repeat(200)}`, 404],
    ['a path that leads out', 'GET', '/..%2f..%2fsecret.json', 404],
    ['a stream asked for by HEAD', 'HEAD', '/api/events', 404],
    ['a view asked for by HEAD', 'HEAD', '/api/view/main', 404],
  ])('%s carries the policy', async (_what, method, path, status) => {
    const answer = await lab.ask({ path: path.replace('TOKEN', lab.token), method, headers: lab.bearer });
    expect(answer.status).toBe(status);
    expectPolicy(answer.headers);
  });

  it.each([
    ['the refused', {}],
    ['another site', { host: 'evil.example' }],
  ])('of %s carries it too', async (_what, headers) => {
    expectPolicy((await lab.ask({ path: '/', headers })).headers);
  });

  it.each(['/api/events', '/api/view/main'])('that streams %s carries it too', async (path) => {
    const response = await lab.open({ path, headers: lab.bearer });
    expectPolicy(response.headers);
    expect(response.headers['cache-control']).toBe('no-store');
    response.destroy();
  });
});

function expectPolicy(headers: Readonly<Record<string, unknown>>): void {
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
  });
  const policy = String(headers['content-security-policy']).split('; ');
  for (const rule of ["default-src 'self'", "script-src 'self'", "object-src 'none'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(rule);
  }
}

const hasIpv6 = Object.values(os.networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
if (!hasIpv6) console.log('Not run: serving on ::1, since this machine has no IPv6 loopback.');

describe('the address', () => {
  it.runIf(hasIpv6)('of IPv6 stands in brackets and can be opened as it is', async () => {
    await using six = await ServedLab.start({ host: '::1' });
    expect(six.shell.url).toBe(`http://[::1]:${six.shell.port}/?token=${six.token}`);
    expect((await fetch(six.shell.url, { redirect: 'manual' })).status).toBe(303);
  });

  it('is on loopback, at a free port, unless told otherwise', () => {
    expect(lab.shell.url).toBe(`http://127.0.0.1:${lab.shell.port}/?token=${lab.token}`);
    expect(lab.shell.port).toBeGreaterThan(1023);
  });
});

describe('close', () => {
  it.each(['127.0.0.1', 'localhost'])('on %s ends every stream, gives the port back and does no harm twice', async (host) => {
    await using served = await ServedLab.start({ host });
    const [events, view] = await Promise.all([
      served.open({ path: '/api/events', headers: served.bearer }),
      served.open({ path: '/api/view/main', headers: served.bearer }),
    ]);
    const ends = Promise.all([events, view].map((response) => response.resume().toArray()));
    await served.shell.close();
    await served.shell.close();
    await ends;
    expect([events.complete, view.complete]).toEqual([true, true]);
    expect(served.service.listeners.size).toBe(0);
    expect(served.service.views.map(({ isClosed }) => isClosed)).toEqual([true]);
    await using next = await ServedLab.start({ port: served.shell.port });
    expect(next.shell.port).toBe(served.shell.port);
  });

  it('does not wait for a call that never returns', async () => {
    await using served = await ServedLab.start();
    served.service.outcome = new Promise(() => undefined);
    const called = served.service.next('called');
    const unanswered = expect(served.call('session.export', '{"sessionId":1}')).rejects.toThrow('socket hang up');
    await called;
    await served.shell.close();
    await unanswered;
  });
});
