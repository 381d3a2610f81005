/** The places in the suite's source that make findings: found in the syntax, so that a new one cannot be forgotten. Pure. */
import ts from 'typescript'

/** A place that makes a finding. */
export interface Position {
  /** The file, relative to the checkout. */
  readonly file: string
  /** The source of the summary, or of the call, on one line: it stays the same when lines move. */
  readonly text: string
  /** Line and column, from 0. */
  readonly line: number
  readonly column: number
}

/**
 * Returns each literal in a file that describes a finding: `Unmet`, `Blocked` and the lists of circumstances are made of them. A
 * function that makes a finding in the words of its callers counts once for each of its calls instead.
 */
export function positionsIn(file: string, source: string): Position[] {
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const nodes = nodesIn(parsed)
  const calls = callsIn(nodes)
  const found = nodes.filter(isFinding).flatMap((literal) => {
    const own = calls.get(nameOfMaker(literal) ?? '') ?? []
    return own.length > 1 && !hasOwnWords(literal) ? own : [literal]
  })
  return [...new Set<ts.Node>(found)]
    .map((node) => ({ file, text: textOf(node), ...placeOf(parsed, node) }))
    .sort((one, other) => one.line - other.line || one.column - other.column)
}

function nodesIn(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = []
  node.forEachChild((child) => {
    children.push(child, ...nodesIn(child))
  })
  return children
}

const propertyOf = (node: ts.ObjectLiteralExpression, name: string) =>
  node.properties.find((property) => property.name?.getText() === name)

/** A literal with a summary and an expectation, or with a summary in place of the one of another finding. */
const isFinding = (node: ts.Node): node is ts.ObjectLiteralExpression =>
  ts.isObjectLiteralExpression(node) &&
  propertyOf(node, 'summary') !== undefined &&
  (propertyOf(node, 'expected') !== undefined || node.properties.some(ts.isSpreadAssignment))

/** True if the summary says by itself what is wrong, beside the names that it is given. */
function hasOwnWords(literal: ts.ObjectLiteralExpression): boolean {
  const summary = propertyOf(literal, 'summary')
  if (!summary || !ts.isPropertyAssignment(summary)) return false
  return (
    /[A-Za-z]{3}/.test(summary.initializer.getText().replace(/\$\{[^}]*\}/g, '')) &&
    !ts.isIdentifier(summary.initializer)
  )
}

/** The name of the function that makes the finding for its callers. */
function nameOfMaker(literal: ts.Node): string | undefined {
  for (let node = literal.parent; node; node = node.parent) {
    if (ts.isFunctionDeclaration(node)) return node.name?.text
    if ((ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isVariableDeclaration(node.parent))
      return node.parent.name.getText()
  }
  return undefined
}

/** The calls of named functions, by their name. */
function callsIn(nodes: readonly ts.Node[]): ReadonlyMap<string, ts.Node[]> {
  const calls = new Map<string, ts.Node[]>()
  for (const node of nodes)
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const name = node.expression.text
      calls.set(name, [...(calls.get(name) ?? []), node])
    }
  return calls
}

function textOf(node: ts.Node): string {
  const summary = ts.isObjectLiteralExpression(node) ? propertyOf(node, 'summary') : undefined
  const shown = summary && ts.isPropertyAssignment(summary) ? summary.initializer : node
  return shown.getText().replace(/\s+/g, ' ').slice(0, 120)
}

function placeOf(file: ts.SourceFile, node: ts.Node): Pick<Position, 'line' | 'column'> {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart())
  return { line, column: character }
}
