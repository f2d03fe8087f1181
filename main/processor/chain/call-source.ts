import { createHash } from 'node:crypto';
import type { PackageFiles } from '../packages/package-files.ts';

/**
 * From what another thread makes a processor that is called: plain data. Only for code of the lab; the code of packages stays on threads
 * of its own.
 */
export type CallSource =
  | { readonly kind: 'built-in'; readonly id: string }
  | { readonly kind: 'onnx'; readonly files: PackageFiles };

/** Names what a source makes: equal sources have equal hashes. */
export function callSourceHash(source: CallSource): string {
  const text = source.kind === 'built-in' ? source.id : source.files.hash;
  return `call-${createHash('sha256').update(`${source.kind}:${text}`).digest('hex').slice(0, 16)}`;
}
