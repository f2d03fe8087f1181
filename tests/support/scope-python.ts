import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ParameterValues } from '../../preload/contract.ts';

/** The Python that executes exported packages; CAMERA_LAB_PYTHON names another, whose pydantic, torch and onnxruntime are then used. */
const python = process.env.CAMERA_LAB_PYTHON ?? '/usr/bin/python3';

/** Why exported packages cannot be executed here; undefined where they can, and in CI, where that is promised. */
export async function absenceOfPython(): Promise<string | undefined> {
  if (process.env.CI === 'true') return undefined;
  const program = 'import sys, tomllib, numpy, onnx';
  return promisify(execFile)(python, ['-c', program]).then(
    () => undefined,
    () => `${python} is not Python 3.11 with numpy and onnx; install python3-onnx`,
  );
}

/** Frames of bytes, [1, rows, columns, 3] each. */
export interface ByteFrame {
  readonly data: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

/** What Scope would know of a registered pipeline. */
export interface RegisteredPipeline {
  readonly id: string;
  /** Heavy modules that were imported before the pipeline was asked for. */
  readonly eager: readonly string[];
  readonly schema: { readonly config_schema: { readonly properties: Readonly<Record<string, unknown>> } } & Readonly<
    Record<string, unknown>
  >;
}

/** What one call of a pipeline gave. */
export interface PipelineChunk {
  /** Frames that it asked for. */
  readonly needs: number;
  /** Ends of its floats. */
  readonly lowest: number;
  readonly highest: number;
  readonly shape: readonly number[];
  /** The frames as Scope makes bytes of them. */
  readonly data: Uint8Array;
  readonly timestamps: readonly number[] | null;
}

/** One call: the frames, and what else Scope hands over. */
export interface PipelineCall {
  readonly video: readonly ByteFrame[];
  readonly kwargs: ParameterValues;
  readonly timestamps?: readonly number[];
}

interface Reply {
  readonly done?: true;
  readonly error?: string;
  readonly ask?: 'open' | 'run';
  readonly key?: string;
  readonly model?: string;
  readonly inputs?: Readonly<Record<string, { readonly shape: number[]; readonly data: string }>>;
  readonly [more: string]: unknown;
}

/**
 * A Python process that treats exported packages as Scope does, see `scope-stand-in/host.py`. Where it has no onnxruntime of its own,
 * the models run in this process. One job at a time.
 */
export class ScopePython {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #sessions = new Map<string, InferenceSession>();
  #complaints = '';

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.on('data', (text: Buffer) => {
      this.#complaints += text.toString();
    });
  }

  static async start(): Promise<ScopePython> {
    const host = new ScopePython(spawn(python, [join(import.meta.dirname, 'scope-stand-in/host.py')], { stdio: 'pipe' }));
    await host.#replied();
    return host;
  }

  /** Registers the pipelines of a package's folder. Rejects with what Python raised. */
  async load(folder: string): Promise<{ readonly pipelines: readonly RegisteredPipeline[]; readonly project: unknown }> {
    return (await this.#job({ do: 'load', folder })) as never;
  }

  /** Makes a pipeline with load-time parameters and calls it. Rejects with what Python raised. */
  async run(id: string, load: ParameterValues, calls: readonly PipelineCall[]): Promise<PipelineChunk[]> {
    const encoded = calls.map(({ video, ...call }) => ({
      ...call,
      video: video.map(({ data, rows, columns }) => ({
        shape: [1, rows, columns, 3],
        data: Buffer.from(data).toString('base64'),
      })),
    }));
    const { chunks } = (await this.#job({ do: 'run', id, load, calls: encoded })) as unknown as { chunks: { data: string }[] };
    return chunks.map((chunk) => ({ ...chunk, data: Uint8Array.from(Buffer.from(chunk.data, 'base64')) })) as never;
  }

  /** Which of the packages that Scope brings are not stood in for. */
  async installed(): Promise<string[]> {
    return (await this.#job({ do: 'installed' })).installed as string[];
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    for (const session of this.#sessions.values()) await session.release();
  }

  async #job(job: object): Promise<Reply> {
    this.#send(job);
    const reply = await this.#replied();
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** The end of a job; questions on the way are answered. */
  async #replied(): Promise<Reply> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error(`Expected an answer of ${python} but it has ended: ${this.#complaints}`);
      const reply = JSON.parse(value) as Reply;
      if (reply.done) return reply;
      this.#send(await this.#answer(reply));
    }
  }

  async #answer({ ask, key = '', model = '', inputs = {} }: Reply): Promise<object> {
    if (ask === 'open') {
      const known = this.#sessions.get(key);
      const bytes = Uint8Array.from(Buffer.from(model, 'base64'));
      const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
      this.#sessions.set(key, known ?? (await InferenceSession.create(bytes, options)));
      return {};
    }
    const feeds = Object.entries(inputs).map(([name, { shape, data }]) => {
      return [name, new Tensor('float32', floatsOf(data), shape)] as const;
    });
    const made = await (this.#sessions.get(key) as InferenceSession).run(Object.fromEntries(feeds));
    const entries = Object.entries(made).map(([name, { dims, data }]) => [
      name,
      { shape: dims, data: textOf(data as Float32Array) },
    ]);
    return Object.fromEntries(entries);
  }
}

function floatsOf(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

function textOf(floats: Float32Array): string {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('base64');
}
