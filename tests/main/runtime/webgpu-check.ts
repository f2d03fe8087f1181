import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';

/** Loads FastISP for WebGPU and prints what runs it, and why where that is the CPU. */
await using threading = await ThreadingManager.start({ realtime: 1 });
const { provider, fallbackReason } = await new ModelManager(threading.workers).load({
  stage: fastIsp,
  width: 64,
  height: 48,
  sensor: { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 },
  values: defaultValues(fastIsp.declaration.params),
  provider: 'webgpu',
});
process.stdout.write(JSON.stringify({ provider, fallbackReason }));
