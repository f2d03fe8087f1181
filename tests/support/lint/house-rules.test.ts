import { describe, expect, it } from 'vitest';
import { checkFile } from './house-rules.ts';

/** The rules that a file of this text breaks, as `line rule`. */
function broken(file: string, text: string): string[] {
  return checkFile(file, text).map((finding) => `${finding.line} ${finding.rule}`);
}

describe('layers', () => {
  it.each([
    ['main/base/clock.ts', '../frame/frame-pool.ts'],
    ['main/frame/frame-pool.ts', '../camera/camera.ts'],
    ['main/graph/graph.ts', '../processor/stage.ts'],
    ['main/processor/stage.ts', '../isp/fast-isp.ts'],
    ['main/camera/camera.ts', '../runtime/lanes.ts'],
    ['main/camera/camera.ts', '../processor/stage.ts'],
    ['main/telemetry/database.ts', '../frame/frame-meta.ts'],
    ['main/recording/raw-session.ts', '../camera/camera.ts'],
    ['main/runtime/lanes.ts', '../telemetry/database.ts'],
    ['main/shell/http/server.ts', '../../lab.ts'],
    ['main/shell/http/server.ts', '../electron/lab-window.ts'],
    ['main/shell/service.ts', './http/server.ts'],
    ['main/lab.ts', './cli.ts'],
    ['main/live/live-stream.ts', '../shell/service.ts'],
    ['main/shell/http/server.ts', '../cli/program.ts'],
    ['main/lab.ts', './shell/http/server.ts'],
    ['main/setup/install.mjs', '../base/errors.ts'],
    ['main/base/clock.ts', '../setup/host.mjs'],
    ['main/base/clock.ts', '../../renderer/store/store.ts'],
    ['main/base/clock.ts', '../../tests/support/run-graph.ts'],
    ['main/base/clock.ts', '../../preload/index.ts'],
    ['renderer/store/store.ts', '../../main/base/clock.ts'],
    ['renderer/store/store.ts', '../../preload/index.ts'],
    ['preload/index.ts', '../main/base/errors.ts'],
    ['preload/contract.ts', './frame-wire.ts'],
  ])('%s may not import %s', (file, target) => {
    expect(broken(file, `import '${target}';`)).toEqual(['1 layers']);
  });

  it.each([
    ['main/frame/frame-pool.ts', '../base/errors.ts'],
    ['main/processor/stage.ts', '../graph/graph.ts'],
    ['main/isp/fast-isp.ts', '../base/errors.ts'],
    ['main/runtime/lanes.ts', '../graph/strips.ts'],
    ['main/shell/electron/lab-window.ts', '../service.ts'],
    ['main/shell/electron/view-ports.ts', '../../../preload/frame-wire.ts'],
    ['main/lab.ts', './runtime/lanes.ts'],
    ['main/cli.ts', './shell/cli/program.ts'],
    ['main/shell/cli/serve.ts', '../http/server.ts'],
    ['main/base/product.ts', '../../package.json'],
    ['main/index.ts', './shell/electron/electron-shell.ts'],
    ['renderer/store/store.ts', '../../preload/contract.ts'],
    ['preload/index.ts', './contract.ts'],
    ['tests/flow/record.test.ts', '../../main/lab.ts'],
  ])('%s may import %s', (file, target) => {
    expect(broken(file, `import '${target}';`)).toEqual([]);
  });
});

describe('imports', () => {
  it.each([
    "import type { Lab } from '../lab.ts';",
    "import { type Lab } from '../lab.ts';",
    "export { createLab } from '../lab.ts';",
    "export * from '../lab.ts';",
    "const lab = await import('../lab.ts');",
    "type Lab = import('../lab.ts').Lab;",
    "const lab = require('../lab.ts');",
  ])('sees every way to import: %s', (text) => {
    expect(broken('main/base/clock.ts', text)).toEqual(['1 layers']);
  });

  it('names the rooms that are allowed and the one that is not', () => {
    const [finding] = checkFile('main/frame/frame-pool.ts', "\nimport '../camera/camera.ts';");
    expect(finding?.message).toContain(
      'frame may import base, contract, contractParts, manifest, wire, but main/camera/camera.ts is camera',
    );
  });

  it.each([
    ['main/index.ts', []],
    ['preload/index.ts', []],
    ['main/shell/electron/lab-window.ts', []],
    ['tests/electron/electron-double.ts', []],
    ['preload/contract.ts', ['1 layers']],
    ['main/cli.ts', ['1 layers']],
    ['main/shell/http/server.ts', ['1 layers']],
    ['renderer/main.tsx', ['1 layers']],
    ['tests/flow/record.test.ts', ['1 layers']],
  ])('electron in %s: %j', (file, expected) => {
    expect(broken(file, "import { app } from 'electron';")).toEqual(expected);
  });
});

describe('docblocks', () => {
  it.each([
    'export const a = 1;',
    'export function a() {}',
    'export class A {}',
    'export interface A {}',
    'export type A = string;',
    'const a = 1;\nexport { a };',
    'export const { a } = { a: 1 };',
    'export default function a() {}',
    '/** */\nexport const a = 1;',
    '/* Not a docblock. */\nexport const a = 1;',
    '// Not a docblock.\nexport const a = 1;',
    '/** Of something else. */\nconst b = 1;\nexport const a = b;',
  ])('misses one on %j', (text) => {
    expect(broken('main/base/a.ts', text).map((one) => one.split(' ')[1])).toEqual(['docblock']);
  });

  it.each([
    '/** Counts frames. */\nexport const a = 1;',
    '/** Counts frames. */\nexport function a(b: number): void;\nexport function a(b: string): void;\nexport function a(): void {}',
    '/** Counts frames. */\nconst a = 1;\nexport { a as frames };',
    "export { a } from './b.ts';",
    "export * from './b.ts';",
    '/** Counts frames. */\nexport default function a() {}',
    'const text = "export const b = 1";',
  ])('is content with %j', (text) => {
    expect(broken('main/base/a.ts', text)).toEqual([]);
  });

  it('holds for modules in JavaScript too', () => {
    expect(broken('main/setup/a.mjs', 'export const a = 1;')).toEqual(['1 docblock']);
  });
});

describe('expects', () => {
  it.each([
    'expect(1);',
    'expect(1).toBe;',
    'expect(1).not;',
    'expect.soft(1);',
    'await expect(promise).resolves;',
    'it("x", () => expect(1));',
    'expect(promise).resolves.toBe(1);',
    'expect(promise).rejects.toThrow();',
  ])('finds that %j checks nothing', (text) => {
    expect(broken('tests/main/a.test.ts', text)).toEqual(['1 expect']);
  });

  it.each([
    'expect(1).toBe(1);',
    'expect(1).not.toBe(2);',
    'await expect(promise).rejects.toThrow();',
    'it("x", () => expect(promise).resolves.toBe(1));',
    'expect.soft(1).toBe(1);',
    'expect.assertions(1);',
  ])('is content with %j', (text) => {
    expect(broken('tests/main/a.test.ts', text)).toEqual([]);
  });
});

describe('words', () => {
  it.each([
    ['README.md', `Data lies in ${'/ho'}me/ada/raw`],
    ['main/base/a.ts', `const folder = '${'/tm'}p/lab';`],
    ['.npmrc', `registry=https://registry.${'npm'}js.org/`],
    ['main/base/a.ts', `// ${'TO'}DO: later`],
  ])('finds what has no place in %s', (file, text) => {
    expect(broken(file, text)).toEqual(['1 words']);
  });

  it.each(['https://example.org/home/page', '~/home/x', './tmp/x', '/usr/bin/chromium', '/dev/video0'])('lets %s be', (text) => {
    expect(broken('README.md', text)).toEqual([]);
  });
});

it('names the file that does not parse', () => {
  expect(() => checkFile('main/base/a.ts', 'const = ;')).toThrow('Expected main/base/a.ts to parse');
});
