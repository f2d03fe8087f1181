import { type Finding, lineAt } from './source.ts';

/** Text that has no place in the project, and what to write instead. The patterns are written so that none finds itself. */
const unwelcome: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  {
    pattern: /(?<![\w.~)}*:-])\/(?:home|root|tmp|work|Users|mnt)(?:\/\w)/g,
    message: 'an absolute path of one machine: take a folder from os.tmpdir(), from the project root or as a parameter',
  },
  { pattern: /\bregistry\.[\w.-]+\.(?:org|com)\b/g, message: 'a package registry host: npm knows where its registry is' },
  { pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/g, message: 'unfinished work: finish it or open an issue' },
];

/** Every unwelcome text in a file's text, code or prose. */
export function checkWords(file: string, text: string): Finding[] {
  return unwelcome.flatMap(({ pattern, message }) =>
    [...text.matchAll(pattern)].map((match) => ({
      file,
      line: lineAt(text, match.index),
      rule: 'words',
      message: `"${match[0]}" is ${message}`,
    })),
  );
}
