import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type HttpShell, type HttpShellOptions, startHttpShell } from '../../../../main/shell/http/http-shell.ts';
import { FakeLabService } from './fake-lab-service.ts';

/** What a client sends, as it is: no header is added but Host, and that only where it is not given. */
export interface Question {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A whole response. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A fake lab behind the real HTTP shell, with a page in a folder of its own. */
export class ServedLab implements AsyncDisposable {
  readonly service: FakeLabService;
  readonly shell: HttpShell;
  readonly #folder: string;

  private constructor(service: FakeLabService, shell: HttpShell, folder: string) {
    this.service = service;
    this.shell = shell;
    this.#folder = folder;
  }

  static async start(options: Partial<Pick<HttpShellOptions, 'host' | 'port' | 'timer'>> = {}): Promise<ServedLab> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-http-'));
    // The page may lie anywhere, below a folder called "assets" too.
    const rendererFolder = path.join(folder, 'assets', 'page');
    await mkdir(path.join(rendererFolder, 'assets'), { recursive: true });
    await writeFile(path.join(folder, 'secret.json'), 'secret');
    await writeFile(path.join(rendererFolder, 'index.html'), '<!doctype html>');
    await writeFile(path.join(rendererFolder, 'assets', 'index-abc.js'), 'export {};');
    const service = new FakeLabService();
    return new ServedLab(service, await startHttpShell({ service, rendererFolder, ...options }), folder);
  }

  get token(): string {
    return new URL(this.shell.url).searchParams.get('token') as string;
  }

  /** The header of a program that holds the token. */
  get bearer(): { authorization: string } {
    return { authorization: `Bearer ${this.token}` };
  }

  /** Asks and returns the response while its body still streams; nothing is read of it until the caller does. */
  async open({ path: target, method = 'GET', headers = {}, body }: Question): Promise<IncomingMessage> {
    const { port } = this.shell;
    const request = http.request({ host: '127.0.0.1', port, path: target, method, headers, agent: false });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  async ask(question: Question): Promise<Answer> {
    const response = await this.open(question);
    return { status: response.statusCode as number, headers: response.headers, text: await text(response) };
  }

  /** Makes a call of the contract with the token. */
  async call(name: string, body: string | Uint8Array, contentType = 'application/json'): Promise<Answer> {
    const headers = { ...this.bearer, 'content-type': contentType };
    return this.ask({ path: `/api/call/${name}`, method: 'POST', headers, body });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shell.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
