import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { timeStage } from '../stage-timing.ts';
import { ispLook } from './isp-looks.ts';

/** FastISP with a named look. */
const [look = 'core', size = '1920x1080'] = process.argv.slice(2);
const [width, height] = size.split('x').map(Number) as [number, number];
const output = await timeStage({ stage: fastIsp, ...ispLook(look, width, height), size, warmUps: 20, frames: 200 });
process.stdout.write(JSON.stringify(output));
