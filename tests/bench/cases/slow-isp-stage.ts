import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { type BenchProvider, benchSensor, timeStage } from '../stage-timing.ts';

/** SlowISP as it is by default, by row kernels or ONNX Runtime. */
const [provider = 'kernel', size = '1920x1080'] = process.argv.slice(2);
const values = { ...defaultValues(slowIsp.declaration.params), wb_red_gain: 1.9, wb_blue_gain: 1.5 };
const output = await timeStage({
  ...{ stage: slowIsp, values, sensor: benchSensor, size, warmUps: 4, frames: 20 },
  provider: provider as BenchProvider,
});
process.stdout.write(JSON.stringify(output));
