import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { resourceFolder } from '../../base/resource-folder.ts';
import { describeFolderError } from '../../base/write-whole.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { writeOnnxModel } from '../../graph/onnx-model.ts';

/** Kinds of packages that there is a template of. */
export const packageKinds = ['graph-ts', 'onnx'] as const;

/** One of {@link packageKinds}. */
export type PackageKind = (typeof packageKinds)[number];

/**
 * Writes a package that keeps all rules into a new folder of its id below `parent`, and returns the folder. Throws InputError for an id
 * of another form and where the folder is there already.
 */
export async function writeNewPackage(id: string, parent: string, kind: PackageKind): Promise<string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || id.length > 64) {
    const message = `Expected lower-case words joined by hyphens for the new processor but received ${id}`;
    throw new InputError('package.id', message, 'Write it like exposure-lift.');
  }
  const folder = join(parent, id);
  if (existsSync(folder))
    throw new InputError('package.exists', `Expected a new folder but ${folder} exists already`, 'Choose another name.');
  const template = resourceFolder(`templates/${kind}`);
  try {
    makeFolder(folder);
  } catch (thrown) {
    throw describeFolderError(thrown, folder);
  }
  for (const name of await readdir(template)) {
    await writeFile(join(folder, name), named(await readFile(join(template, name), 'utf8'), id));
  }
  if (kind === 'onnx') await writeFile(join(folder, 'model.onnx'), gainModel(`${prefixOf(id)}_gain`));
  return folder;
}

/** Templates are packages themselves, of a processor with the id `example-processor`. */
function named(text: string, id: string): string {
  const words = id.replaceAll('-', ' ');
  return text
    .replaceAll('example-processor', id)
    .replaceAll('Example processor', `${words.charAt(0).toUpperCase()}${words.slice(1)}`)
    .replaceAll('example_', `${prefixOf(id)}_`);
}

function prefixOf(id: string): string {
  return id.replaceAll('-', '_');
}

/** The smallest model with a parameter, for pictures of any size. */
function gainModel(parameter: string): Uint8Array {
  const g = new GraphBuilder('gain');
  const picture = g.input('picture', 'float32', [1, 'rows', 'columns', 3], 'RGB in [0, 1], channels last');
  const gain = g.input(parameter, 'float32', [], 'Factor of every sample');
  g.output('result', g.multiply(picture, gain), 'RGB, channels last');
  return writeOnnxModel(g.build()).bytes;
}
