import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedLab } from './served-lab.ts';

let lab: ServedLab;

beforeAll(async () => {
  lab = await ServedLab.start();
});

afterAll(() => lab[Symbol.asyncDispose]());

const everyPath = ['/', '/index.html', '/assets/index-abc.js', '/absent', '/api/events', '/api/view/main', '/api/view/%E0%A4%A'];

/** Asks for the page with the token and these headers. */
async function statusWith(headers: Record<string, string>, path = '/'): Promise<number> {
  return (await lab.ask({ path, headers: { ...lab.bearer, ...headers } })).status;
}

describe('a request without the token', () => {
  it.each(everyPath)('for %s is refused with one sentence', async (path) => {
    const answer = await lab.ask({ path });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.text).toBe('Open the whole address that the terminal shows: it holds the token of this lab.\n');
  });

  it.each(['POST', 'PUT', 'HEAD', 'OPTIONS'])('by %s is refused', async (method) => {
    expect((await lab.ask({ path: '/', method })).status).toBe(401);
  });

  it('never reaches the lab, and a call is told why in the form that it understands', async () => {
    const answer = await lab.ask({ path: '/api/call/stream.stop', method: 'POST' });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toEqual({
      ok: false,
      error: { code: 'http.401', message: 'Open the whole address that the terminal shows: it holds the token of this lab.' },
    });
    expect(lab.service.received).toEqual([]);
    expect([lab.service.views.length, lab.service.listeners.size]).toEqual([0, 0]);
  });

  it.each([
    ['another token', () => 'A'.repeat(lab.token.length)],
    ['a shorter one', () => lab.token.slice(0, -1)],
    ['a longer one', () => `${lab.token}A`],
    ['another case', () => lab.token.toLowerCase()],
    ['nothing', () => ''],
  ])('but with %s is refused wherever it stands', async (_what, wrong) => {
    const token = wrong();
    const cookie = `camera-lab-${lab.shell.port}=${token}`;
    const answers = await Promise.all([
      lab.ask({ path: `/?token=${token}` }),
      lab.ask({ path: '/', headers: { authorization: `Bearer ${token}` } }),
      lab.ask({ path: '/', headers: { cookie } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(answers.map(({ headers }) => headers['set-cookie'])).toEqual([undefined, undefined, undefined]);
  });

  it('is refused with a token that is not in its place', async () => {
    const { token, shell } = lab;
    const answers = await Promise.all([
      lab.ask({ path: `/api/view/main?token=${token}` }),
      lab.ask({ path: `/?token=${token}`, method: 'POST' }),
      lab.ask({ path: '/', headers: { authorization: token } }),
      lab.ask({ path: '/', headers: { authorization: `Basic ${token}` } }),
      lab.ask({ path: '/', headers: { cookie: `camera-lab-${shell.port + 1}=${token}` } }),
      lab.ask({ path: '/', headers: { cookie: `x-camera-lab-${shell.port}=${token}` } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
  });
});

describe('the token', () => {
  it('holds 256 bits and is another one for every lab', async () => {
    await using other = await ServedLab.start();
    expect(lab.token).toMatch(/^[\w-]{43}$/);
    expect(other.token).not.toBe(lab.token);
  });

  it('in the opening address becomes a cookie of this port, and leaves the address bar', async () => {
    const { status, headers } = await lab.ask({ path: `/?token=${lab.token}` });
    expect([status, headers.location]).toEqual([303, '/']);
    expect(headers['set-cookie']).toEqual([`camera-lab-${lab.shell.port}=${lab.token}; HttpOnly; SameSite=Lax; Path=/`]);
  });

  it.each([
    ['a cookie', () => ({ cookie: `camera-lab-${lab.shell.port}=${lab.token}` })],
    ['one of many cookies', () => ({ cookie: `a=b; camera-lab-1=x;camera-lab-${lab.shell.port}=${lab.token} ; c=d` })],
    [
      'a cookie beside a planted one',
      () => ({ cookie: [0, lab.token].map((is) => `camera-lab-${lab.shell.port}=${is}`).join('; ') }),
    ],
    ['a bearer', () => ({ authorization: `Bearer ${lab.token}` })],
    ['a bearer in lower case', () => ({ authorization: `bearer ${lab.token}` })],
  ])('is accepted as %s', async (_what, headers) => {
    expect((await lab.ask({ path: '/', headers: headers() })).status).toBe(200);
  });
});

describe('the host name', () => {
  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1.evil.example:PORT', 'localhost.evil:PORT', '[evil]:PORT', ':PORT'])(
    '%j is refused, though the token is right',
    async (host) => {
      expect(await statusWith({ host: host.replace('PORT', String(lab.shell.port)) })).toBe(403);
    },
  );

  it('that the machine itself has is refused on loopback', async () => {
    expect(await statusWith({ host: `${os.hostname()}-lab:${lab.shell.port}` })).toBe(403);
  });

  it('is checked before the token: another name learns nothing from it', async () => {
    const { status, headers, text } = await lab.ask({ path: `/?token=${lab.token}`, headers: { host: 'evil.example' } });
    expect([status, headers['set-cookie']]).toEqual([403, undefined]);
    expect(text).toBe('Expected the address that the terminal shows but received another host name.\n');
  });

  it.each(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT', 'localhost', '127.0.0.1:9000', '192.0.2.7:PORT'])(
    '%s is the lab’s own, or an address that nobody can rebind',
    async (host) => {
      expect(await statusWith({ host: host.replace('PORT', String(lab.shell.port)) })).toBe(200);
    },
  );

  it('of the machine is accepted where every address is listened on, and the addresses for other machines are told', async () => {
    await using open = await ServedLab.start({ host: '0.0.0.0' });
    const { port, url, networkUrls } = open.shell;
    const headers = { ...open.bearer, host: `${os.hostname()}:${port}` };
    expect((await open.ask({ path: '/', headers })).status).toBe(200);
    expect((await open.ask({ path: '/', headers: { ...headers, host: `evil.example:${port}` } })).status).toBe(403);
    expect(url).toBe(`http://127.0.0.1:${port}/?token=${open.token}`);
    const external = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
    const shown = external.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
    expect(networkUrls).toEqual(shown.map((address) => `http://${address}:${port}/?token=${open.token}`));
    expect(lab.shell.networkUrls).toEqual([]);
  });
});

describe('who asks', () => {
  it.each(['http://evil.example', 'https://127.0.0.1:PORT', 'http://127.0.0.1', 'http://localhost:PORT', 'null', ''])(
    'an Origin of %j is refused',
    async (origin) => {
      const headers = { host: `127.0.0.1:${lab.shell.port}`, origin: origin.replace('PORT', String(lab.shell.port)) };
      expect(await statusWith(headers)).toBe(403);
    },
  );

  it.each(['cross-site', 'same-site'])('a %s request without an Origin is refused', async (site) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
    const statuses = await Promise.all(['/api/view/main', '/assets/index-abc.js'].map((path) => statusWith(headers, path)));
    expect(statuses).toEqual([403, 403]);
  });

  it('a link of another site leads to the page and to nothing behind it', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await statusWith(headers, `/?token=${lab.token}`)).toBe(303);
    expect(await statusWith(headers)).toBe(200);
    expect(await statusWith(headers, '/api/view/main')).toBe(403);
    expect(lab.service.views).toEqual([]);
  });

  it.each(['same-origin', 'none'])('a %s request is the page’s or the user’s own', async (site) => {
    const own = { host: `127.0.0.1:${lab.shell.port}`, origin: `http://127.0.0.1:${lab.shell.port}` };
    expect(await statusWith({ ...own, 'sec-fetch-site': site })).toBe(200);
    expect(await statusWith({ 'sec-fetch-site': site })).toBe(200);
  });
});
