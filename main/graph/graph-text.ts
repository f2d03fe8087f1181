import type { Attribute, Graph, Value } from './graph.ts';

/**
 * A graph as text for a person: what enters and leaves, operators by how often they occur, then every node in the order in which it runs.
 * Constants are told by their shapes.
 */
export function graphText({ name, inputs, outputs, constants, nodes }: Graph): string {
  const shapes = new Map(constants.map((constant) => [constant.name, constant] as const));
  const elements = constants.reduce((sum, { data }) => sum + data.length, 0);
  const nodeLines = nodes.map(({ operator, inputs: from, outputs: to, attributes }) => {
    const read = from.map((one) => (shapes.has(one) ? `#${shapeText(shapes.get(one) as Value)}` : one || '–'));
    const written = to.map((value) => `${value.name} ${shapeText(value)}`).join(', ');
    return `  ${written} = ${operator}(${[...read, ...attributeTexts(attributes)].join(', ')})`;
  });
  return [
    `graph ${name}: ${nodes.length} nodes, ${constants.length} constants of ${elements} elements`,
    '',
    'inputs',
    ...inputs.map((port) => `  ${port.name} ${port.type} ${shapeText(port)}  ${port.help}`),
    '',
    'outputs',
    ...outputs.map((port) => `  ${port.name} ${port.type} ${shapeText(port)}  ${port.help}`),
    '',
    'operators',
    ...operatorCounts(nodes).map(([operator, count]) => `  ${String(count).padStart(4)}  ${operator}`),
    '',
    'nodes, # a constant of that shape',
    ...nodeLines,
    '',
  ].join('\n');
}

function operatorCounts(nodes: Graph['nodes']): [string, number][] {
  const counts = new Map<string, number>();
  for (const { operator } of nodes) counts.set(operator, (counts.get(operator) ?? 0) + 1);
  return [...counts].sort(([a, one], [b, other]) => other - one || a.localeCompare(b));
}

function shapeText({ shape }: Pick<Value, 'shape'>): string {
  return `[${shape.join(', ')}]`;
}

function attributeTexts(attributes: Readonly<Record<string, Attribute>>): string[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'object' && 'float' in value) return `${name}=${value.float}`;
    return `${name}=${Array.isArray(value) ? `[${value.join(', ')}]` : value}`;
  });
}
