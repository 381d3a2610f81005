/** docs/faults.md, made from the catalogue: `npm run faults -- --page`. Pure. */
import type { Checklist } from '../../support/basis/checklist'
import type { Fault } from '../catalogue/fault'
import { usage } from './options'

const introduction = `# Faults

The ways in which the sandbox is broken, to see that the suite says so. Each fault must turn exactly its items red, must be
named as the cause, and must leave nothing behind once it is healed. The cause is shown as it must be named: the object, its
end or its beginning, and a part of the sentence about it. A fault stands in the section of the first item that it fails. Items that follow
from others turn red with them and are left out.

\`\`\`
${usage}
\`\`\`

A whole matrix also lists the items that no fault failed and the scenarios that none turned red; each must have one, but for
those that \`faults/catalogue/without-fault.ts\` explains.

Faults that are judged by the same scenarios and turn no item in common red share a run, which must then show the union of what
they expect. Where it does not, each is tried again by itself. They are applied one after the other and healed the other way
round, so that each finds what it changed as it left it. A run that shows exactly what it must also proves that the faults before
it are healed, as far as it looks at their items; what no later run has proven, one on the whole platform does at the end. A
platform that does not become whole ends the matrix, and whoever left it so has survived. The record is \`reports/faults.json\`.

What a fault keeps away is waited for in vain, so the suite is run with shorter deadlines than an operator's (\`faults/runs/sandbox.ts\`):
on the sandbox, what takes longer never comes. The runs of \`--clean\` have those of the sandbox itself.
`

const header = ['id', 'what is broken', 'fails', 'blocks', 'cause']

/** @param sections those of the checklist, in its order */
export function renderPage(faults: readonly Fault[], sections: Checklist['sections']): string {
  const tables = sections.flatMap(({ id, title }) => {
    const own = faults.filter((fault) => sectionOf(fault) === id)
    return own.length === 0 ? [] : [`## ${id} ${title}\n\n${table(own.map(cells))}`]
  })
  return [introduction, ...tables].join('\n')
}

const sectionOf = ({ expects }: Fault) => expects.failed[0]?.split('.')[0]

function cells({ id, title, expects, cause }: Fault): string[] {
  const items = (ids: readonly string[]) => ids.join(', ')
  return [`\`${id}\``, title, items(expects.failed), items(expects.blocked), `${cause.object}: ${cause.summary}`]
}

/** With its columns aligned, so that the source can be read too. */
function table(rows: readonly (readonly string[])[]): string {
  const escaped = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = header.map((_, column) => Math.max(...escaped.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[], fill = ' ') =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, fill)).join(' | ')} |\n`
  const [head = [], ...body] = escaped
  return [line(head), line([], '-'), ...body.map((row) => line(row))].join('')
}
