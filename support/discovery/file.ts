/** The configuration file of a discovery: YAML with the reason of each key as a comment. */
import { Document, isMap, isScalar, type Scalar, visit } from 'yaml'
import { visible, visibleInOneLine } from '../basis/visible-text'
import type { Proposal, Question } from './proposal'
import { configurationOf, type Proposed } from './propose'

/**
 * Writes the proposals as a configuration. Characters that cannot be seen are escaped: in a value so that it stays the same.
 * @param schema the path of the JSON Schema, for editors
 * @param shown masks secrets in a text of the cluster; it is applied to values, because a mask in YAML would be a list
 */
export function configurationFile(
  { contract, proposals, questions }: Proposed,
  schema: string,
  shown: (text: string) => string,
): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# What differs from the defaults of the contract ${contract}, by what the cluster has. docs/configuration.md explains all keys.`,
    ...(proposals.length === 0
      ? ['# Everything that was found has the default names.']
      : ['', written(proposals, shown)]),
    ...(questions.length === 0
      ? []
      : ['', '# Open: the cluster does not decide these.', ...questions.flatMap((question) => asked(question, shown))]),
  ]
    .join('\n')
    .concat('\n')
}

function written(proposals: readonly Proposal[], shown: (text: string) => string): string {
  const document = new Document(configurationOf(proposals), { aliasDuplicateObjects: false })
  for (const { path, reason } of proposals) {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined
    if (isScalar(pair?.key)) pair.key.commentBefore = ` ${visibleInOneLine(shown(reason))}`
  }
  visit(document, { Scalar: (_, scalar) => asText(scalar, shown) })
  return visible(document.toString({ lineWidth: 0 })).trimEnd()
}

/** Only double quotes allow an escaped character. */
function asText(scalar: Scalar, shown: (text: string) => string): void {
  if (typeof scalar.value !== 'string') return
  scalar.value = shown(scalar.value)
  if (visibleInOneLine(String(scalar.value)) !== scalar.value) scalar.type = 'QUOTE_DOUBLE'
}

function asked({ key, question, candidates }: Question, shown: (text: string) => string): string[] {
  return [
    '#',
    `# ${key === null ? '' : `${key}: `}${visibleInOneLine(shown(question))}`,
    ...candidates.map((candidate) => `#   - ${visibleInOneLine(shown(candidate))}`),
  ]
}
