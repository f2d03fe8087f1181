import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { profileModel } from '../../../main/runtime/model-profiler.ts';
import type { CaseOutput } from '../measurement.ts';
import { fillMosaic } from '../stage-timing.ts';
import { ispLook } from './isp-looks.ts';

/**
 * Where ONNX Runtime's time of everything that FastISP offers goes: kernel time by operator on one thread, from its profile, as the case's
 * counts. Row kernels, which run FastISP by default, make all operators in one pass and have no such times.
 */
const [width, height] = (process.argv[2] ?? '1920x1080').split('x').map(Number) as [number, number];
const frames = 30;
const { sensor, values } = ispLook('everything', width, height);
const mosaic = new Uint16Array(width * height);
fillMosaic(mosaic, sensor, width, 'picture');
const profile = await profileModel({ stage: fastIsp, width, height, sensor, values, provider: 'cpu' }, frames, mosaic);
const millis = new Map<string, number>();
for (const { name, microsPerFrame } of profile.nodes) {
  const operator = operatorOf(name);
  millis.set(operator, (millis.get(operator) ?? 0) + microsPerFrame / 1000);
}

/** Nodes are named `operator/Node_1`; ONNX Runtime's own belong to the convolution, an output's is that of the output's operator. */
function operatorOf(node: string): string {
  if (node.includes('/')) return node.split('/')[0] as string;
  return node.startsWith('Reorder') ? 'reorder of the convolution' : 'rgba8-output';
}

const dearest = [...millis].sort(([, a], [, b]) => b - a);
const counts = Object.fromEntries(dearest.map(([operator, value]) => [`${operator} ms`, Number(value.toFixed(3))]));
const output: CaseOutput = { samplesMillis: [profile.medianFrameMicros / 1000], counts };
process.stdout.write(JSON.stringify(output));
