import { describe, expect, it } from 'vitest';
import { expectProvider, obstacleIn, providerObstacle, providerOnCpu } from '../../../main/runtime/execution-providers.ts';
import type { ExecutionProvider } from '../../../main/runtime/lane-protocol.ts';

const build = {
  backends: [
    { name: 'cpu', bundled: true },
    { name: 'cuda', bundled: false },
    { name: 'tensorrt', bundled: false },
  ],
  libraries: ['libonnxruntime.so.1', 'libonnxruntime_providers_cuda.so'],
};

describe('a provider', () => {
  it('that the build does not know is refused by name', () => {
    expect(obstacleIn(build, 'webgpu')).toBe('this build of ONNX Runtime has no webgpu');
  });

  it('whose library is not there is refused with the name of the library', () => {
    expect(obstacleIn(build, 'tensorrt')).toBe(
      'its library is not in this build of ONNX Runtime (libonnxruntime_providers_tensorrt.so)',
    );
  });

  it('that is bundled, or whose library is there under any system, may be tried', () => {
    expect([obstacleIn(build, 'cpu'), obstacleIn(build, 'cuda')]).toEqual([undefined, undefined]);
    expect(obstacleIn({ ...build, libraries: ['onnxruntime_providers_tensorrt.dll'] }, 'tensorrt')).toBeUndefined();
  });

  it('that the installed ONNX Runtime lacks is refused without being tried', async () => {
    expect(await providerObstacle('cpu')).toBeUndefined();
    expect(await providerObstacle('abacus' as ExecutionProvider)).toBe('this build of ONNX Runtime has no abacus');
    await expect(expectProvider('abacus' as ExecutionProvider)).rejects.toMatchObject({
      code: 'runtime.no-provider',
      message: 'Expected an execution provider that runs here but received abacus: this build of ONNX Runtime has no abacus',
      exitCode: 1,
    });
  });

  it('of row kernels needs no build of ONNX Runtime, only vectors, which every processor of the lab has', async () => {
    expect(await providerObstacle('kernel')).toBeUndefined();
    await expect(expectProvider('kernel')).resolves.toBeUndefined();
  });

  it('on the CPU is what the values say, and ONNX Runtime where they say a device or nothing', () => {
    const providers = ['kernel', 'cpu', 'cuda'].map((execution_provider) => providerOnCpu({ execution_provider }));
    expect([...providers, providerOnCpu({})]).toEqual(['kernel', 'cpu', 'cpu', 'cpu']);
  });

  it('is not looked for where it is the CPU', async () => {
    await expect(expectProvider('cpu', () => Promise.reject(new Error('asked')))).resolves.toBeUndefined();
  });
});
