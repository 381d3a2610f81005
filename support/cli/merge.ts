/** `dora-acceptance merge`: merges the reports of a run's shards into one set of reports with one verdict. */
import { resolve } from 'node:path'
import { loadChecklist } from '../basis/checklist'
import { reportDirectory } from '../basis/checkout'
import { loadSettings } from '../configuration/load'
import { contracts } from '../flavours/flavours'
import { mergeShards } from '../judgement/merge'
import { NoShard, readShard, type Shard } from '../judgement/shard'
import { exitCodes } from '../record/verdict'
import { Progress } from '../report/progress'
import { publish } from '../report/publish'
import { lockReports, ReportsInUse } from '../report/reports-lock'
import { removeReports } from '../report/write'
import { command, Misuse } from './command'

const progress = new Progress(process.stdout)

export const merge = command({
  arguments: (parser) =>
    parser
      .positional('directories', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'The reports of one shard each: dora-acceptance run --shard 1/4, with ACCEPTANCE_REPORTS=DIR',
      })
      .option('into', {
        type: 'string',
        requiresArg: true,
        describe: 'The directory for the merged reports; ACCEPTANCE_REPORTS, else reports, when absent',
      })
      .example('$0 merge shards/1 shards/2', 'Merge two shards into reports')
      .epilogue('Exit codes: those of the verdict, as for run'),
  async run({ directories, into: given }) {
    const into = resolve(given ?? reportDirectory())
    if (directories.some((directory) => resolve(directory) === into))
      throw new Misuse(`The merged reports would replace the shard in ${into}: name another directory with --into.`)
    // Only for the signing key and the metrics: the shards hold what was judged, and how.
    const settings = loadSettings(contracts)
    for (const directory of directories) await lockReports(directory, 'npm run merge', { create: false })
    await lockReports(into, 'npm run merge')
    const { shards, unreadable } = shardsIn(directories)
    await removeReports(into)
    const [first, ...others] = shards
    if (first) return publish(mergeShards(loadChecklist(), [first, ...others], unreadable), into, settings, progress)
    for (const sentence of unreadable) progress.warn(sentence)
    return exitCodes.error
  },
  foreseen: [ReportsInUse],
  complain: (text) => progress.warn(text),
})

function shardsIn(directories: readonly string[]): { readonly shards: Shard[]; readonly unreadable: string[] } {
  const shards: Shard[] = []
  const unreadable: string[] = []
  for (const directory of directories)
    try {
      shards.push(readShard(directory))
    } catch (error) {
      if (!(error instanceof NoShard)) throw error
      unreadable.push(error.message)
    }
  return { shards, unreadable }
}
