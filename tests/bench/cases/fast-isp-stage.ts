import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { benchSensor, timeStage } from '../stage-timing.ts';

/** FastISP as it is by default. */
const values = { ...defaultValues(fastIsp.declaration.params), wb_red_gain: 1.9, wb_blue_gain: 1.5 };
const size = process.argv[2] ?? '1920x1080';
const output = await timeStage({ stage: fastIsp, values, sensor: benchSensor, size, warmUps: 20, frames: 200 });
process.stdout.write(JSON.stringify(output));
