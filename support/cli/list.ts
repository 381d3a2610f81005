/** `dora-acceptance list`: what a run would judge, and the rights that it needs. Nothing is run. */
import type { CommandLine } from '../run/command-line'
import { type PlannedScenario, planOf, type RunPlan } from '../run/plan'
import { openSettings } from '../run/session'
import { command, print } from './command'
import { commandLineOf, withRunOptions } from './run-arguments'

export const list = command({
  arguments: (parser) =>
    withRunOptions(parser)
      .option('json', { type: 'boolean', describe: 'Print one JSON object instead of text' })
      .example('$0 list', 'Every item with its scenarios')
      .example('$0 list 3', 'The items of a section, and the rights that they need')
      .epilogue('The cluster is not asked, and no report changes.\n\nExit codes: 0 listed, 3 error or wrong arguments'),
  run: (given) => printPlan(commandLineOf(given), given.json),
})

/** Prints the plan of a run. Returns the exit code. */
export async function printPlan(commandLine: CommandLine, json: boolean | undefined): Promise<number> {
  const plan = await planOf(openSettings(), commandLine)
  print(json ? JSON.stringify(plan, null, 2) : written(plan))
  return 0
}

function written({ contract, namespace, writes, sections, rights }: RunPlan): string {
  const items = sections.flatMap((section) => section.items)
  const scenarios = new Set(items.flatMap((item) => item.scenarios.map(({ uri, line }) => `${uri}:${line}`)))
  const lines = sections.flatMap(({ id, title, items }) => [
    '',
    `${id}  ${title}`,
    ...items.flatMap((item) => [
      `  ${item.id}  ${item.text}${item.scenarios.length === 0 ? ` (${item.how})` : ''}`,
      ...(item.notApplicable === null ? item.scenarios.map(line) : [`      does not apply: ${item.notApplicable}`]),
    ]),
  ])
  return [
    `Contract ${contract}, namespace ${namespace}, ${writes ? 'writes allowed' : 'read-only'}`,
    ...lines,
    '',
    'Rights that the run needs',
    ...rights.map((right) => `  ${right}`),
    '',
    `${items.length} items, ${scenarios.size} scenarios. Optional parts are judged by what the cluster has.`,
  ].join('\n')
}

const line = ({ name, uri, line: at, leftOut }: PlannedScenario) =>
  `      ${uri}:${at}  ${name}${leftOut === null ? '' : ` (left out: ${leftOut})`}`
