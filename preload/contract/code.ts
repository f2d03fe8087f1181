import { z } from 'zod';
import { count } from './basics.ts';

/** A file to read. */
export const codeFile = z.object({
  path: z.string(),
  bytes: count,
  /** Absent for what is no text, for what is longer than a person reads, and for what is gone. */
  text: z.string().optional(),
  /** Against the content that was trusted last. */
  change: z.enum(['added', 'changed', 'removed']).optional(),
});
/** A file to read. */
export type CodeFile = z.infer<typeof codeFile>;

/** A package as it is on disk now, for whoever is to trust it. */
export const packageInspection = z.object({
  folder: z.string(),
  /** What `package.trust` is asked with: it holds for exactly these files. */
  hash: z.string(),
  /** When code of this id was trusted last; absent where it never was. */
  trustedAt: z.iso.datetime().optional(),
  /** Whether the files of then are known, so that what changed can be said. */
  isCompared: z.boolean(),
  files: z.array(codeFile),
});
/** A package as it is on disk now. */
export type PackageInspection = z.infer<typeof packageInspection>;

/** Calls about the code of processors: to read it, and to write it for somebody else to run. */
export const codeCalls = {
  /** Reads a package whole, without running any of it. */
  'package.inspect': { request: z.object({ folder: z.string() }), response: packageInspection },
  /**
   * The code of a stage, by its id, or of an entry, by its key: `source` is what it is made of, a package's files or the declaration and
   * graph of the lab's own; `scope` the Python package that an export for Daydream Scope writes.
   */
  'code.get': {
    request: z.object({ processorId: z.string(), form: z.enum(['source', 'scope']) }),
    response: z.object({ files: z.array(codeFile) }),
  },
  /**
   * Writes what `code.get` shows as the package for Daydream Scope into a new folder of the exports in the data folder; `onnx` writes one
   * documented model there instead. `files` are what was written, none of it where anything fails.
   */
  'code.export': {
    request: z.object({ processorId: z.string(), form: z.enum(['scope', 'onnx']) }),
    response: z.object({ path: z.string(), files: z.array(codeFile) }),
  },
} as const;
