import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { type BenchContent, type BenchProvider, timeStage } from '../stage-timing.ts';
import { ispLook } from './isp-looks.ts';

/** FastISP with a named look, on a picture or on noise, by row kernels or ONNX Runtime. */
const [look = 'core', content = 'picture', provider = 'kernel', size = '1920x1080'] = process.argv.slice(2);
const [width, height] = size.split('x').map(Number) as [number, number];
const output = await timeStage({
  stage: fastIsp,
  ...ispLook(look, width, height),
  size,
  warmUps: 20,
  frames: 200,
  content: content as BenchContent,
  provider: provider as BenchProvider,
});
process.stdout.write(JSON.stringify(output));
