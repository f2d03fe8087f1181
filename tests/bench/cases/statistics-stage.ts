import { fastAlgoStatistics } from '../../../main/isp/statistics-stage.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { benchSensor, timeStage } from '../stage-timing.ts';

/** The statistics of a frame and its picture, in one strip. */
const values = defaultValues(fastAlgoStatistics.declaration.params);
const size = process.argv[2] ?? '1920x1080';
const output = await timeStage({ stage: fastAlgoStatistics, values, sensor: benchSensor, size, warmUps: 20, frames: 300 });
process.stdout.write(JSON.stringify(output));
