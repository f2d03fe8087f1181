import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ResourceError } from '../base/errors.ts';
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

let build: Promise<RuntimeBuild> | undefined;

/** The same for the installed ONNX Runtime, whose provider is not loaded for it. */
export async function providerObstacle(provider: ExecutionProvider): Promise<string | undefined> {
  build ??= installedBuild();
  return obstacleIn(await build, provider);
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
