/** `dora-acceptance list`: what a run would judge, and the rights that it needs. Nothing is run. */
import type { CommandLine } from '../run/command-line'
import { type PlannedScenario, planOf, type RunPlan } from '../run/plan'
import { closePlatform, openPlatform, openSettings } from '../run/session'
import { command, Misuse, print } from './command'
import { commandLineOf, withSelection } from './run-arguments'

export const list = command({
  arguments: (parser) =>
    withSelection(parser)
      .option('cluster', {
        type: 'boolean',
        describe: 'Ask the cluster what does not apply there, and which rights are missing',
      })
      .option('json', { type: 'boolean', describe: 'Print one JSON object instead of text' })
      .example('$0 list', 'Every item with its scenarios')
      .example('$0 list 3', 'The items of a section, and the rights that they need')
      .example('$0 list --cluster', 'Every item, as the cluster of the current context would be judged')
      .epilogue(
        'Without --cluster, the cluster is not asked. With it, it is only read. No report changes.\n\n' +
          'Exit codes: 0 listed, 2 the cluster does not answer, 3 error or wrong arguments',
      ),
  run: (given) => printPlan(commandLineOf(given), given),
})

/** Prints the plan of a run. Returns the exit code. */
export async function printPlan(
  commandLine: CommandLine,
  { json, cluster }: { readonly json?: boolean | undefined; readonly cluster?: boolean | undefined },
): Promise<number> {
  try {
    const plan = await planOf(openSettings(), commandLine, cluster ? openPlatform() : undefined)
    if (plan.sections.length === 0)
      throw new Misuse('No scenario fits this selection. dora-acceptance list shows all of them, with their items.')
    print(json ? JSON.stringify(plan, null, 2) : written(plan))
    return plan.cluster?.halted ? 2 : 0
  } finally {
    await closePlatform()
  }
}

function written({ contract, namespace, writes, sections, rights, cluster }: RunPlan): string {
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
    ...(cluster === null ? [] : answered(cluster)),
    `${count(items.length, 'item')}, ${count(scenarios.size, 'scenario')}.${cluster === null ? ' Optional parts are judged by what the cluster has.' : ''}`,
  ].join('\n')
}

function answered({
  context,
  halted,
  advice,
  kubernetesVersion,
  missingRights,
  warnings,
}: NonNullable<RunPlan['cluster']>) {
  if (halted !== null)
    return [
      `The context ${context || 'of this pod'}: ${halted} No scenario would run.`,
      ...advice.map((line) => `  ${line}`),
      '',
    ]
  return [
    `The cluster of the context ${context} runs Kubernetes ${kubernetesVersion}.`,
    ...(missingRights.length === 0 ? ['The caller has all of these rights.'] : missingRights),
    ...warnings,
    '',
  ]
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`

const line = ({ name, uri, line: at, leftOut }: PlannedScenario) =>
  `      ${uri}:${at}  ${name}${leftOut === null ? '' : ` (left out: ${leftOut})`}`
