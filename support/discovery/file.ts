/** The configuration file of a discovery: YAML with the reason of each key as a comment. */
import { Document, isMap, isScalar } from 'yaml'
import { visibleInOneLine } from '../basis/visible-text'
import type { Proposal, Question } from './proposal'
import { configurationOf, type Proposed } from './propose'

/** @param schema the path of the JSON Schema, for editors */
export function configurationFile({ contract, proposals, questions }: Proposed, schema: string): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# What differs from the defaults of the contract ${contract}, by what the cluster has. docs/configuration.md explains all keys.`,
    ...(proposals.length === 0 ? ['# Everything that was found has the default names.'] : ['', written(proposals)]),
    ...(questions.length === 0 ? [] : ['', '# Open: the cluster does not decide these.', ...questions.flatMap(asked)]),
  ]
    .join('\n')
    .concat('\n')
}

function written(proposals: readonly Proposal[]): string {
  const document = new Document(configurationOf(proposals))
  for (const { path, reason } of proposals) {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined
    if (isScalar(pair?.key)) pair.key.commentBefore = ` ${visibleInOneLine(reason)}`
  }
  return document.toString({ lineWidth: 0 }).trimEnd()
}

const asked = ({ key, question, candidates }: Question): string[] => [
  '#',
  `# ${key === null ? '' : `${key}: `}${visibleInOneLine(question)}`,
  ...candidates.map((candidate) => `#   - ${visibleInOneLine(candidate)}`),
]
