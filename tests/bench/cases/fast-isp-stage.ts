import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { type BenchProvider, benchSensor, timeStage } from '../stage-timing.ts';

/** FastISP as it is by default, by row kernels or ONNX Runtime. */
const [provider = 'kernel', size = '1920x1080'] = process.argv.slice(2);
const values = { ...defaultValues(fastIsp.declaration.params), wb_red_gain: 1.9, wb_blue_gain: 1.5 };
const run = { size, warmUps: 20, frames: 200, provider: provider as BenchProvider };
const output = await timeStage({ stage: fastIsp, values, sensor: benchSensor, ...run });
process.stdout.write(JSON.stringify(output));
