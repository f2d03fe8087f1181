import type { CodeFile } from '../../preload/contract.ts';

/** Longer files are for editors, not for a dialog. */
const mostTextBytes = 256 * 1024;

/** A file to be read: with its text where it is UTF-8 without control characters and not longer than 256 KiB. */
export function textFile(path: string, content: Uint8Array | string): CodeFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const text = bytes.length <= mostTextBytes ? decoded(bytes) : undefined;
  return { path, bytes: bytes.length, ...(text === undefined ? {} : { text }) };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells binary files from text
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    // No UTF-8: a file of another kind, which is still listed with its size.
    return undefined;
  }
}
