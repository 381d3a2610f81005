/** Ids of items, troubleshooting entries and rollback steps live in features/checklist.yaml; the code uses their keys. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../support/basis/checklist'
import { root } from '../../fixtures/features'

const { items, troubleshooting, rollback } = loadChecklist()
const ids = new Set([...items, ...troubleshooting, ...rollback].map(({ id }) => id))

/** The string literals of a source file, and the numbers that it uses as keys. Comments do not count. */
function literalsIn(source: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(node.text)
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text.replaceAll('\\', ''))
    if (
      ts.isNumericLiteral(node) &&
      ts.isPropertyName(node) &&
      ts.isPropertyAssignment(node.parent) &&
      node.parent.name === node
    )
      found.push(node.getText())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true))
  return found
}

/** The ids among the words of a text. Attributes of markup, such as coordinates in a drawing, do not count. */
const idsIn = (text: string) =>
  text
    .replace(/<[^<>]*>/g, ' ')
    .split(/[^\w.]+|\.(?=\s|$)/)
    .filter((word) => ids.has(word))

const idsInCode = (source: string) => literalsIn(source).flatMap(idsIn)

describe('the search for ids', () => {
  it.each([
    ["const left = new Map([['0.12', reason]])", ['0.12']],
    ["for (const id of ['13.1', '21.2']) left.set(id, reason)", ['13.1', '21.2']],
    ["if (item.id === '17.3') return", ['17.3']],
    ["const matches = { 'T.1': pending, 8.1: graphql }", ['T.1', '8.1']],
    [`const rest = \`\${id !== 'R.4' ? ': nothing to do' : ''} see 3.1.\``, ['R.4', '3.1']],
    ["const tags = ['@checklist:3.1']", ['3.1']],
    ['const own = /^(T.1|R\\.4)$/', ['T.1', 'R.4']],
  ])('finds the ids in %s', (source, expected) => {
    expect(idsInCode(source).sort()).toEqual([...expected].sort())
  })

  it.each([
    '/** 7.1: the ping answers. */ const ping = 1 // as 17.3 asks',
    "const version = '1.28', half = 0.5, kind = 'v1.2.3'",
    'const icon = \'<circle cx="8" cy="6.2" r="2.3"/><path d="M4.6 8.3l2.3 2.3 4.5-5"/>\'',
  ])('finds none in %s', (source) => {
    expect(idsInCode(source)).toEqual([])
  })
})

describe('the code', () => {
  const sources = ['support', 'step-definitions'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path)),
  )

  it('is searched', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(ids).toContain('T.1')
  })

  it.each(sources)('%s names no id of the checklist', (path) => {
    expect(idsInCode(readFileSync(join(root, path), 'utf8'))).toEqual([])
  })
})
