/** The output of `npm run faults -- --list`. Pure. */
import type { Checklist } from '../../support/basis/checklist'
import type { Fault } from '../catalogue/fault'
import { itemsOf } from '../matrix/groups'
import type { Variant } from '../variants/variant'

/**
 * Lists the faults below the checklist section of the first item that each turns red, then the healthy variants.
 * @param sections in the checklist's order
 */
export function listOf(
  faults: readonly Fault[],
  variants: readonly Variant[],
  sections: Checklist['sections'],
): string {
  const bySection = sections.flatMap(({ id, title }) => {
    const own = faults.filter((fault) => sectionOf(fault) === id)
    return own.length === 0 ? [] : [[`${id} ${title}`, ...own.map(entryOf)].join('\n\n')]
  })
  const healthy = variants.map(({ id, title }) => `  ${id}\n    ${title}`)
  return [...bySection, ...(healthy.length > 0 ? [['Healthy variants', ...healthy].join('\n\n')] : [])].join('\n\n')
}

const sectionOf = (fault: Fault) => itemsOf(fault)[0]?.split('.')[0]

function entryOf({ id, title, expects: { failed, blocked }, cause }: Fault): string {
  const turns = [
    failed.length === 0 ? [] : `fails ${failed.join(', ')}`,
    blocked.length === 0 ? [] : `blocks ${blocked.join(', ')}`,
  ]
  return [
    `  ${id}`,
    `    ${title}`,
    `    ${turns.flat().join('; ')}`,
    `    cause ${cause.object}: ${cause.summary}`,
  ].join('\n')
}
