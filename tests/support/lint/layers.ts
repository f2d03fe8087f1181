import path from 'node:path';
import { type Finding, isNode, lineAt, type SourceModule, type SyntaxNode, walk } from './source.ts';

/** What a room of the house may import, beside itself. */
interface Room {
  /** Path below the project's root: a folder when it ends with a slash, else a file. */
  readonly path: string;
  /** Names of rooms; each brings along what it may import itself. */
  readonly imports: readonly string[];
  /** Whether it may import Electron's module. */
  readonly electron?: true;
}

const everythingBelowTheShells = ['calibration', 'compare', 'export', 'live', 'quality', 'tuning'];

/** The rooms of the house and the one direction of their imports. The longest path that fits names a file's room. */
const rooms: Readonly<Record<string, Room>> = {
  contractParts: { path: 'preload/contract/', imports: [] },
  contract: { path: 'preload/contract.ts', imports: ['contractParts'] },
  wire: { path: 'preload/frame-wire.ts', imports: [] },
  preload: { path: 'preload/', imports: ['contract', 'wire'], electron: true },
  renderer: { path: 'renderer/', imports: ['contract', 'wire'] },
  native: { path: 'native/', imports: [] },
  manifest: { path: 'package.json', imports: [] },
  setup: { path: 'main/setup/', imports: ['native'] },
  base: { path: 'main/base/', imports: ['contract', 'manifest', 'wire'] },
  frame: { path: 'main/frame/', imports: ['base'] },
  tuning: { path: 'main/tuning/', imports: ['frame'] },
  graph: { path: 'main/graph/', imports: ['base'] },
  kernel: { path: 'main/kernel/', imports: ['base', 'graph'] },
  processor: { path: 'main/processor/', imports: ['frame', 'graph'] },
  isp: { path: 'main/isp/', imports: ['processor'] },
  camera: { path: 'main/camera/', imports: ['frame', 'native'] },
  runtime: { path: 'main/runtime/', imports: ['frame', 'kernel', 'processor'] },
  linuxMemory: { path: 'main/runtime/linux-allocators.ts', imports: ['native', 'runtime'] },
  telemetry: { path: 'main/telemetry/', imports: ['base'] },
  recording: { path: 'main/recording/', imports: ['frame', 'telemetry'] },
  compare: { path: 'main/compare/', imports: ['frame'] },
  quality: { path: 'main/quality/', imports: ['frame'] },
  calibration: { path: 'main/calibration/', imports: ['frame'] },
  export: { path: 'main/export/', imports: ['isp'] },
  live: { path: 'main/live/', imports: ['camera', 'isp', 'linuxMemory', 'recording', 'runtime', 'telemetry', 'tuning'] },
  shell: { path: 'main/shell/', imports: everythingBelowTheShells },
  electron: { path: 'main/shell/electron/', imports: ['shell'], electron: true },
  http: { path: 'main/shell/http/', imports: ['shell'] },
  commands: { path: 'main/shell/cli/', imports: ['http', 'setup'] },
  lab: { path: 'main/', imports: ['shell'] },
  entry: { path: 'main/index.ts', imports: ['lab', 'electron', 'setup'], electron: true },
  cli: { path: 'main/cli.ts', imports: ['lab', 'commands'] },
  electronTests: { path: 'tests/electron/', imports: ['tests'], electron: true },
  electronShellTests: { path: 'tests/main/shell/electron/', imports: ['tests'], electron: true },
  tests: { path: 'tests/', imports: ['cli', 'electronTests', 'entry', 'preload', 'renderer'] },
};

/** The name of the room that a path below the project's root lies in; `undefined` for files outside the house, such as configurations. */
function roomOf(file: string): string | undefined {
  const fitting = Object.entries(rooms).filter(([, room]) =>
    room.path.endsWith('/') ? file.startsWith(room.path) : file === room.path,
  );
  return fitting.sort(([, a], [, b]) => b.path.length - a.path.length)[0]?.[0];
}

/** The rooms that `name` may import from, itself included. */
function reachable(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of rooms[name]?.imports ?? []) reachable(next, seen);
  return seen;
}

/** The text of a string literal node. */
function literalText(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** The module name of anything that imports: declarations, re-exports, `import()`, `import('…')` types and `require`. */
function importedName(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literalText(node.source) ?? literalText(node.argument);
    case 'TSExternalModuleReference':
      return literalText(node.expression);
    case 'CallExpression': {
      const callee = node.callee;
      const isRequire = isNode(callee) && callee.type === 'Identifier' && callee.name === 'require';
      return isRequire ? literalText((node.arguments as unknown[])[0]) : undefined;
    }
    default:
      return undefined;
  }
}

/** Why a file of `room` may not import `name`, or `undefined` when it may. */
function objection(file: string, room: string, name: string): string | undefined {
  if (name === 'electron' || name.startsWith('electron/')) {
    if (rooms[room]?.electron) return undefined;
    return 'Electron is imported only in main/shell/electron, main/index.ts and preload; take what you need as a parameter';
  }
  if (!name.startsWith('.')) return undefined;
  const target = path.posix.join(path.posix.dirname(file), name);
  const targetRoom = roomOf(target);
  if (targetRoom === undefined) return room === 'tests' ? undefined : `${target} is no part of the house`;
  if (reachable(room).has(targetRoom)) return undefined;
  const allowed = [...reachable(room)].filter((other) => other !== room).join(', ') || 'nothing';
  return `${room} may import ${allowed}, but ${target} is ${targetRoom}; move the shared part up or pass it in`;
}

/** Every import of a module that runs against the one direction of DESIGN's house. */
export function checkLayers(module: SourceModule): Finding[] {
  const room = roomOf(module.file);
  if (room === undefined) return [];
  const findings: Finding[] = [];
  walk(module.program, (node) => {
    const name = importedName(node);
    const message = name === undefined ? undefined : objection(module.file, room, name);
    if (message !== undefined) {
      findings.push({ file: module.file, line: lineAt(module.text, node.start), rule: 'layers', message });
    }
  });
  return findings;
}
