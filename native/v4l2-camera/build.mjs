import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const buildFolder = path.join(here, 'build');
const compiler = process.env.CXX ?? 'g++';
const foreignCompiler = 'aarch64-linux-gnu-g++';
const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow'];
const commonFlags = ['-std=c++20', '-D_FILE_OFFSET_BITS=64', '-g1', ...warnings];
const sanitizers = {
  none: ['-O2'],
  // Not optimised, which takes a third of the time to compile; the tests of the addon run what is.
  address: ['-O0', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'],
  thread: ['-O0', '-fsanitize=thread'],
};

/** A compiler with what it is told every time. @typedef {{ readonly program: string, readonly flags: readonly string[] }} Tools */

/** Where the built addon lies, whether or not it has been built. */
export const addonPath = path.join(buildFolder, 'v4l2-camera.node');

/** Why the addon cannot be built on this machine, in one sentence with what to do; undefined when it can. */
export function obstacleToBuild() {
  if (process.platform !== 'linux') return `V4L2 cameras exist on Linux only, and this is ${process.platform}`;
  try {
    execFileSync(compiler, ['--version'], { stdio: 'ignore' });
  } catch {
    return `The C++ compiler ${compiler} is missing: install it (Debian: sudo apt install g++), or name another one in CXX`;
  }
  if (!existsSync('/usr/include/linux/videodev2.h')) {
    return 'The kernel headers are missing: install them (Debian: sudo apt install linux-libc-dev)';
  }
  if (nodeHeaders() === undefined) return 'The headers of Node-API are missing: install the packages with npm ci';
  return undefined;
}

/** Builds the addon where its sources have changed; resolves to its path. Rejects with the compiler's words. */
export async function buildAddon() {
  const obstacle = obstacleToBuild();
  if (obstacle !== undefined) throw new Error(obstacle);
  const flags = [...commonFlags, ...sanitizers.none, '-fPIC', '-fvisibility=hidden', '-DNAPI_VERSION=8', `-I${nodeHeaders()}`];
  const objects = await compileAll([...sourcesIn('v4l2'), ...sourcesIn('addon')], { program: compiler, flags }, 'addon');
  await link(objects, { program: compiler, flags: ['-shared', '-Wl,--exclude-libs,ALL'] }, addonPath);
  return addonPath;
}

/**
 * Builds a program of `source` and everything of the addon that is not Node-API; resolves to its path.
 *
 * @param {string} source path of the file with `main`
 * @param {'none' | 'address' | 'thread'} sanitizer `address` includes undefined behaviour
 */
export async function buildProgram(source, sanitizer = 'none') {
  return buildFor(source, sanitizer, { program: compiler, flags: sanitizers[sanitizer] }, ['-pthread']);
}

/** Why no program for another processor can be built here, in one sentence with what to do; undefined when it can. */
export function obstacleToForeignProgram() {
  try {
    execFileSync(foreignCompiler, ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `The compiler ${foreignCompiler} is missing: install it (Debian: sudo apt install g++-aarch64-linux-gnu)`;
  }
}

/**
 * As {@link buildProgram}, for 64-bit ARM and without shared libraries, so that an emulator of that processor can run it.
 *
 * @param {string} source path of the file with `main`
 */
export async function buildForeignProgram(source) {
  return buildFor(source, 'aarch64', { program: foreignCompiler, flags: sanitizers.none }, ['-pthread', '-static']);
}

/** @param {string} source @param {string} variant names the folders @param {Tools} tools @param {string[]} linkerFlags */
async function buildFor(source, variant, { program, flags }, linkerFlags) {
  // A warning of a compiler that nobody here has seen must not keep a user from building; ours must.
  const tools = { program, flags: [...commonFlags, '-Werror', ...flags, `-I${path.join(here, 'v4l2')}`] };
  const name = `${path.basename(source, '.cpp')}-${variant}`;
  const objects = await compileAll(sourcesIn('v4l2'), tools, `program-${variant}`);
  const main = await compileAll([path.resolve(source)], tools, `main-${name}`, path.dirname(source));
  const target = path.join(buildFolder, name);
  await link([...objects, ...main], { program, flags: [...flags, ...linkerFlags] }, target);
  return target;
}

/**
 * Node-API is stable across versions, so the headers of any Node will do: the installed package's first, so that whichever Node
 * runs the build, an object is compiled once.
 */
function nodeHeaders() {
  const modules = path.join(here, '../../node_modules');
  const platformPackage = `node-linux-${process.arch}`;
  const candidates = [
    path.join(modules, 'node/node_modules', platformPackage, 'include/node'),
    path.join(modules, platformPackage, 'include/node'),
    path.join(path.dirname(realpathSync(process.execPath)), '../include/node'),
    path.join(process.env.npm_config_nodedir ?? '/usr', 'include/node'),
    '/usr/local/include/node',
  ];
  return candidates.find((folder) => existsSync(path.join(folder, 'node_api.h')));
}

/** @param {string} folder */
function sourcesIn(folder) {
  const names = readdirSync(path.join(here, folder)).filter((name) => name.endsWith('.cpp'));
  return names.sort().map((name) => path.join(here, folder, name));
}

/** A digest of everything but the source itself that an object depends on. @param {Tools} tools @param {string[]} folders */
function digestOfSurroundings({ program, flags }, folders) {
  const hash = createHash('sha256').update(program).update(flags.join(' '));
  for (const folder of folders) {
    const headers = readdirSync(folder).filter((name) => name.endsWith('.h'));
    for (const name of headers.sort()) hash.update(readFileSync(path.join(folder, name)));
  }
  return hash.digest('hex');
}

/**
 * @param {string[]} sources
 * @param {Tools} tools
 * @param {string} kind names the folder of the objects
 * @param {string[]} headerFolders where headers lie beside the addon's
 */
async function compileAll(sources, tools, kind, ...headerFolders) {
  const folder = path.join(buildFolder, kind);
  mkdirSync(folder, { recursive: true });
  const surroundings = digestOfSurroundings(tools, [path.join(here, 'v4l2'), path.join(here, 'addon'), ...headerFolders]);
  const waiting = [...sources];
  const worker = async () => {
    for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
      await compile(source, objectOf(folder, source), tools, surroundings);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return sources.map((source) => objectOf(folder, source));
}

/** @param {string} folder @param {string} source */
function objectOf(folder, source) {
  return path.join(folder, `${path.basename(path.dirname(source))}-${path.basename(source, '.cpp')}.o`);
}

/** @param {string} source @param {string} object @param {Tools} tools @param {string} surroundings */
async function compile(source, object, { program, flags }, surroundings) {
  const digest = createHash('sha256').update(surroundings).update(readFileSync(source)).digest('hex');
  const stamp = `${object}.digest`;
  if (existsSync(object) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  await runCompiler(program, [...flags, '-c', source], object);
  writeFileSync(stamp, digest);
}

/** @param {string[]} objects @param {Tools} tools @param {string} target */
async function link(objects, { program, flags }, target) {
  const hash = createHash('sha256').update(flags.join(' '));
  for (const object of objects) hash.update(readFileSync(object));
  const digest = hash.digest('hex');
  const stamp = `${target}.digest`;
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  await runCompiler(program, [...objects, ...flags], target);
  writeFileSync(stamp, digest);
}

/** Writes `output` in one step, since another process may be building the same. @param {string} program @param {string[]} args @param {string} output */
async function runCompiler(program, args, output) {
  const unfinished = `${output}.${process.pid}`;
  try {
    await run(program, [...args, '-o', unfinished], { maxBuffer: 64 * 1024 * 1024 });
    renameSync(unfinished, output);
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`${program} failed:\n${words}`);
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(await buildAddon());
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
