import { type Finding, isNode, lineAt, type SourceModule, type SyntaxNode, walk } from './source.ts';

const awaitedSteps = new Set(['resolves', 'rejects']);

/** Whether a call is `expect(…)`, `expect.soft(…)` or `expect.poll(…)`. */
function isExpectCall(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  const callee = node.callee;
  if (callee.type === 'Identifier') return callee.name === 'expect';
  const { object, property } = callee;
  const isMember = callee.type === 'MemberExpression' && isNode(object) && isNode(property);
  return isMember && object.type === 'Identifier' && object.name === 'expect' && ['soft', 'poll'].includes(String(property.name));
}

/** Follows `expect(…).not.toBe(…)` outwards from the call: the property names on the way and where the chain ends. */
function followChain(
  call: SyntaxNode,
  ancestors: readonly SyntaxNode[],
): { steps: string[]; called: boolean; user?: SyntaxNode } {
  const steps: string[] = [];
  let inner = call;
  for (let index = ancestors.length - 1; index >= 0; index -= 1) {
    const outer = ancestors[index] as SyntaxNode;
    if (outer.type === 'MemberExpression' && outer.object === inner) {
      steps.push(isNode(outer.property) ? String(outer.property.name) : '');
    } else if (outer.type === 'CallExpression' && outer.callee === inner) {
      const user = ancestors[index - 1];
      return user === undefined ? { steps, called: true } : { steps, called: true, user };
    } else {
      return { steps, called: false };
    }
    inner = outer;
  }
  return { steps, called: false };
}

/** Every `expect` that checks nothing: without a matcher, with a matcher that is not called, or not awaited where it must be. */
export function checkExpects(module: SourceModule): Finding[] {
  const findings: Finding[] = [];
  walk(module.program, (node, ancestors) => {
    if (!isExpectCall(node)) return;
    const line = lineAt(module.text, node.start);
    const chain = followChain(node, ancestors);
    if (!chain.called) {
      findings.push({
        file: module.file,
        line,
        rule: 'expect',
        message: 'this expect has no matcher, so it checks nothing: call one',
      });
    } else if (chain.steps.some((step) => awaitedSteps.has(step)) && chain.user?.type === 'ExpressionStatement') {
      findings.push({
        file: module.file,
        line,
        rule: 'expect',
        message: 'this expect is a promise that nobody awaits: put await before it',
      });
    }
  });
  return findings;
}
