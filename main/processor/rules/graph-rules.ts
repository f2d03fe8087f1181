import type { Graph } from '../../graph/graph.ts';
import { describeShape } from '../../graph/tensor-type.ts';
import { processorPorts } from '../processor-plan.ts';
import { findingOf, type RuleFinding } from './rule.ts';

/** What is wrong with a graph as such, before it runs. */
export interface GraphFindings {
  readonly errors: readonly RuleFinding[];
  readonly warnings: readonly RuleFinding[];
}

/** What a processor's graph has to look like. */
export interface GraphPromise {
  readonly inputSize: number;
  readonly width: number;
  readonly height: number;
  readonly runtimeNames: readonly string[];
}

/** Ports of the right names and shapes, and a way from every runtime parameter, and from the frames, to the result. */
export function checkGraph(graph: Graph, promise: GraphPromise): GraphFindings {
  const errors = [...inputFindings(graph, promise), ...outputFindings(graph, promise)];
  const influential = reachedFrom(graph, processorPorts.result);
  const idle = promise.runtimeNames.filter((name) => !influential.has(name));
  const warnings = idle.map((name) =>
    findingOf('runtime-influence', {
      field: `params.${name}`,
      expected: 'a runtime parameter that the graph uses',
      received: 'one without influence on the result',
      fix: `Use the input ${name} in graph(), or leave the parameter out.`,
    }),
  );
  if (!influential.has(processorPorts.video)) {
    const field = 'graph';
    const fix = 'Make the result from the input video.';
    const breach = { field, expected: 'a result that is made from the frames', received: 'one without them', fix };
    warnings.push(findingOf('video-influence', breach));
  }
  return { errors, warnings };
}

function inputFindings({ inputs }: Graph, { runtimeNames, ...size }: GraphPromise): RuleFinding[] {
  const expected = new Map<string, readonly number[]>(runtimeNames.map((name) => [name, []]));
  expected.set(processorPorts.video, [size.inputSize, size.height, size.width, 3]);
  const findings: RuleFinding[] = [];
  const fix = 'Let planProcessor declare the inputs: frames and runtime parameters, and nothing else.';
  for (const [name, shape] of expected) {
    const port = inputs.find((input) => input.name === name);
    if (port?.type === 'float32' && describeShape(port.shape) === describeShape(shape)) continue;
    const received = port ? `${port.type} ${describeShape(port.shape)}` : 'no such input';
    findings.push(
      findingOf('graph-inputs', { field: `input ${name}`, expected: `float32 ${describeShape(shape)}`, received, fix }),
    );
  }
  for (const { name } of inputs.filter((input) => !expected.has(input.name))) {
    findings.push(findingOf('graph-inputs', { field: 'graph', expected: 'no further inputs', received: name, fix }));
  }
  return findings;
}

function outputFindings({ outputs }: Graph, { width, height }: GraphPromise): RuleFinding[] {
  const port = outputs.find(({ name }) => name === processorPorts.result);
  const expected = `float32 ${describeShape([1, height, width, 3])}`;
  const received = port ? `${port.type} ${describeShape(port.shape)}` : 'no such output';
  if (received === expected) return [];
  const fix = 'Return one frame of the size that entered.';
  return [findingOf('output-shape', { field: `output ${processorPorts.result}`, expected, received, fix })];
}

/** Names of all values that a value is computed from. */
function reachedFrom({ nodes }: Graph, name: string): Set<string> {
  const reached = new Set([name]);
  // Nodes stand in execution order: from the last to the first, every use is seen before what it uses.
  for (const { inputs, outputs } of nodes.toReversed()) {
    if (outputs.some((output) => reached.has(output.name))) for (const input of inputs) reached.add(input);
  }
  return reached;
}
