import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { ParameterValues } from '../../preload/contract.ts';
import { ResourceError } from '../base/errors.ts';
import { engine } from '../kernel/wasm/engine.ts';
import type { ExecutionProvider } from './lane-protocol.ts';

/** What a build of ONNX Runtime brings. */
export interface RuntimeBuild {
  /** Providers that its binary knows; `bundled` ones need no further library. */
  readonly backends: readonly { readonly name: string; readonly bundled: boolean }[];
  /** File names of the native libraries beside it. */
  readonly libraries: readonly string[];
}

/** Why this build of ONNX Runtime cannot run a provider, in short, or undefined where only trying can tell. */
export function obstacleIn({ backends, libraries }: RuntimeBuild, provider: ExecutionProvider): string | undefined {
  const backend = backends.find(({ name }) => name === provider);
  if (!backend) return `this build of ONNX Runtime has no ${provider}`;
  const library = `onnxruntime_providers_${provider}.`;
  if (backend.bundled || libraries.some((name) => name.replace(/^lib/, '').startsWith(library))) return undefined;
  return `its library is not in this build of ONNX Runtime (lib${library}so)`;
}

/** A module of one function, () -> v128, that multiplies and adds vectors in one step: valid only where the engine has what row kernels need. */
const vectorModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11],
);

let build: Promise<RuntimeBuild> | undefined;

/** The same for the installed ONNX Runtime, whose provider is not loaded for it, and for row kernels, which need none. */
export async function providerObstacle(provider: ExecutionProvider): Promise<string | undefined> {
  if (provider === 'kernel')
    return engine.validate(vectorModule) ? undefined : 'this engine has no relaxed vectors of WebAssembly';
  build ??= installedBuild();
  return obstacleIn(await build, provider);
}

/** The provider on the CPU that a stage's values ask for: ONNX Runtime's where they ask for a device or do not say. */
export function providerOnCpu(values: ParameterValues): 'kernel' | 'cpu' {
  return values['execution_provider'] === 'kernel' ? 'kernel' : 'cpu';
}

/** Throws ResourceError with the reason where a provider cannot be had; the CPU always can. */
export async function expectProvider(provider: ExecutionProvider, obstacleTo = providerObstacle): Promise<void> {
  const obstacle = provider === 'cpu' ? undefined : await obstacleTo(provider);
  if (obstacle === undefined) return;
  const message = `Expected an execution provider that runs here but received ${provider}: ${obstacle}`;
  throw new ResourceError('runtime.no-provider', message, 'Choose the CPU.');
}

async function installedBuild(): Promise<RuntimeBuild> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const libraries = readdirSync(join(folder, 'bin'), { recursive: true }).map((path) => basename(String(path)));
  return { backends: listSupportedBackends(), libraries };
}
