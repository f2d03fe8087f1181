import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { benchSensor, timeStage } from '../stage-timing.ts';

/** SlowISP as it is by default. */
const values = { ...defaultValues(slowIsp.declaration.params), wb_red_gain: 1.9, wb_blue_gain: 1.5 };
const size = process.argv[2] ?? '1920x1080';
const output = await timeStage({ stage: slowIsp, values, sensor: benchSensor, size, warmUps: 4, frames: 20 });
process.stdout.write(JSON.stringify(output));
