import type { BigIntStats } from 'node:fs';
import { open, stat, unlink } from 'node:fs/promises';
import { InputError } from '../../base/errors.ts';
import { describeWriteError, writeNew } from '../../base/write-whole.ts';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Throws InputError unless a PNG can be written to `path`, which `option` named: its name ends in `.png`, its folder takes files,
 * and what stands there already is a picture and none of `inputs`, by whatever name or link. Leaves everything as it is. To be
 * asked before the work whose result is to be written.
 */
export async function expectPictureFile(path: string, option: string, inputs: readonly string[] = []): Promise<void> {
  const there = await statusOf(path);
  if (there?.isDirectory()) throw describeWriteError({ code: 'EISDIR' }, path);
  if (!/\.png$/i.test(path)) throw refusal(`Expected a file name that ends in .png for ${option} but received ${path}`);
  if (there !== undefined) {
    await expectOther(path, there, option, inputs);
    if (!(await mayBeReplaced(path, there)))
      throw refusal(`Expected a picture or a new file for ${option} but ${path} is another file`);
  }
  const probe = `${path}.${process.pid}.probe`;
  try {
    await writeNew(probe, '');
  } catch (thrown) {
    throw describeWriteError((thrown as Error).cause ?? thrown, path);
  }
  await unlink(probe);
}

/** A name, a link and a link to a folder above may all lead to the same file: only the file system knows. */
async function expectOther(path: string, there: BigIntStats, option: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    const status = await statusOf(input);
    if (status?.dev !== there.dev || status.ino !== there.ino) continue;
    throw refusal(`Expected another file than the input for ${option} but ${path} is ${input}`);
  }
}

async function mayBeReplaced(path: string, there: BigIntStats): Promise<boolean> {
  if (!there.isFile()) return false;
  if (there.size === 0n) return true;
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(pngSignature.length), 0, pngSignature.length, 0);
  return bytesRead === pngSignature.length && buffer.equals(pngSignature);
}

/** Undefined where nothing is there, or nothing that can be looked at: writing then says why. */
async function statusOf(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}

function refusal(message: string): InputError {
  return new InputError('cli.picture', message, 'Give another name.');
}
