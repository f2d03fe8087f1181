import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ParseResult, parseSync } from 'vite';

/** One thing that is wrong at one place, worded so that the reader knows what to do. */
export interface Finding {
  /** Path below the project's root, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Any node of the syntax tree: ESTree with TypeScript's nodes. Offsets are in UTF-16 units of the text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A module as the checks see it. */
export interface SourceModule {
  /** Path below the project's root, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly program: SyntaxNode & { readonly body: readonly SyntaxNode[] };
  readonly comments: ParseResult['comments'];
}

const ignoredFolders = new Set(['node_modules', 'out', 'build', 'test-results', 'coverage', '.git']);

/** Every file of the project that a person writes, as sorted paths below `root` with forward slashes. */
export function projectFiles(root: string, folder = ''): string[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  const files = entries.flatMap((entry) => {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : projectFiles(root, file);
    return entry.isFile() ? [file] : [];
  });
  return files.sort();
}

/** Whether a path names a module that the checks can parse. */
export function isModule(file: string): boolean {
  return /\.(ts|tsx|mjs)$/.test(file) && !file.endsWith('.d.ts');
}

/** Parses a module; throws where it is not valid TypeScript or JavaScript, naming the file. */
export function parseModule(file: string, text: string): SourceModule {
  const result = parseSync(file, text);
  const [error] = result.errors;
  if (error !== undefined) throw new Error(`Expected ${file} to parse but received: ${error.message}`);
  return { file, text, program: result.program as unknown as SourceModule['program'], comments: result.comments };
}

/** Reads and parses a module of the project at `root`. */
export function readModule(root: string, file: string): SourceModule {
  return parseModule(file, readFileSync(path.join(root, file), 'utf8'));
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Whether a value met while walking a tree is a node. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** Visits `node` and everything below it, each with its ancestors, nearest last. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void,
  ancestors: readonly SyntaxNode[] = [],
): void {
  visit(node, ancestors);
  const inner = [...ancestors, node];
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, inner);
    }
  }
}
