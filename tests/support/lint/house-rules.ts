import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkDocblocks } from './docblocks.ts';
import { checkExpects } from './expects.ts';
import { checkLayers } from './layers.ts';
import { type Finding, isModule, parseModule, projectFiles } from './source.ts';
import { checkWords } from './words.ts';

const textFile = /(\.(ts|tsx|mjs|json|md|ya?ml|css|html|sh|svg)|^\.npmrc|^\.ci\/run)$/;

/** The house rules of one file. `file` is a path below the project's root with forward slashes: it decides which rules hold. */
export function checkFile(file: string, text: string): Finding[] {
  const words = file === 'package-lock.json' ? [] : checkWords(file, text);
  if (!isModule(file)) return words;
  const module = parseModule(file, text);
  return [...words, ...checkLayers(module), ...checkDocblocks(module), ...checkExpects(module)];
}

/** The house rules of every file of the project at `root`. */
export function checkProject(root: string): Finding[] {
  const files = projectFiles(root).filter((file) => textFile.test(file));
  return files.flatMap((file) => checkFile(file, readFileSync(path.join(root, file), 'utf8')));
}
