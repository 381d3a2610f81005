/** docs/faults.md, made from the catalogue: `npm run faults -- --page`. Pure. */
import type { Checklist } from '../support/checklist'
import type { Fault } from './fault'

const introduction = `# Faults

The ways in which the sandbox is broken, to see that the suite says so. Each fault must turn exactly its items red, must be
named as the cause, and must leave nothing behind once it is healed. The cause is shown as it must be named: the object, its
end or its beginning, and a part of the sentence about it. A fault stands in the section of the first item that it fails. Items that follow
from others turn red with them and are left out.

\`npm run faults\` tries all of them, \`npm run faults -- --only ID\` one. This page is made from \`faults/catalogue\` by
\`npm run faults -- --page\`.
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
