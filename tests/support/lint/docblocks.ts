import { type Finding, isNode, lineAt, type SourceModule, type SyntaxNode } from './source.ts';

/** The names that a declaration or an assignment pattern binds. */
function boundNames(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.type === 'Identifier') return [String(node.name)];
  if (node.type === 'VariableDeclaration') return (node.declarations as SyntaxNode[]).flatMap((one) => boundNames(one.id));
  if (node.type === 'ObjectPattern')
    return (node.properties as SyntaxNode[]).flatMap((one) => boundNames(one.value ?? one.argument));
  if (node.type === 'ArrayPattern') return (node.elements as unknown[]).flatMap(boundNames);
  if (node.type === 'AssignmentPattern') return boundNames(node.left);
  return boundNames(node.id);
}

/** Whether a docblock with text in it ends right before `start`, with nothing but white space between. */
function hasDocblock(module: SourceModule, start: number): boolean {
  return module.comments.some(
    (comment) =>
      comment.type === 'Block' &&
      comment.value.startsWith('*') &&
      /\w/.test(comment.value) &&
      comment.end <= start &&
      module.text.slice(comment.end, start).trim() === '',
  );
}

/** The names that `export { a, b as c };` gives out, as they are called in the module. */
function listedNames(node: SyntaxNode): string[] {
  const specifiers = node.specifiers as SyntaxNode[];
  return specifiers.flatMap((specifier) => boundNames(specifier.local));
}

/** Every export that no docblock explains. A re-export is explained where it is declared; of overloads, the first counts. */
export function checkDocblocks(module: SourceModule): Finding[] {
  const body = module.program.body;
  const undocumented = new Map<string, number>();
  const documented = new Set<string>();
  for (const statement of body) {
    const declaration = isNode(statement.declaration) ? statement.declaration : statement;
    for (const name of boundNames(declaration)) {
      if (hasDocblock(module, statement.start)) documented.add(name);
      else if (!undocumented.has(name)) undocumented.set(name, statement.start);
    }
  }
  const exported = body.flatMap((statement) => {
    if (statement.type === 'ExportDefaultDeclaration') return boundNames(statement.declaration);
    if (statement.type !== 'ExportNamedDeclaration' || statement.source !== null) return [];
    return isNode(statement.declaration) ? boundNames(statement.declaration) : listedNames(statement);
  });
  return [...new Set(exported)].flatMap((name) => {
    const start = undocumented.get(name);
    if (start === undefined || documented.has(name)) return [];
    const message = `${name} is exported: say in a docblock what its type cannot (unit, range, owner, thread, errors)`;
    return [{ file: module.file, line: lineAt(module.text, start), rule: 'docblock', message }];
  });
}
