/** `npm run -s merge -- DIR… [--into DIR]`: merges the reports of a run's shards into one set of reports with one verdict. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
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
import { execute, Misuse } from './command'

const progress = new Progress(process.stdout)

void execute({
  usage: `usage: npm run -s merge -- DIR… [--into DIR]
  DIR         the reports of one shard: npm run acceptance -- --shard 1/4, with ACCEPTANCE_REPORTS=DIR
  --into DIR  the directory for the merged reports; ACCEPTANCE_REPORTS, else reports, when absent
  exit code   that of the verdict, as of a run`,
  parse(words) {
    const options = { into: { type: 'string' } } as const
    const { positionals: directories, values } = parseArgs({ args: words, allowPositionals: true, options })
    const into = resolve(values.into ?? reportDirectory())
    if (directories.length === 0) throw new Misuse('Name the directories of the shards.')
    if (directories.some((directory) => resolve(directory) === into))
      throw new Misuse(`The merged reports would replace the shard in ${into}: name another directory with --into.`)
    return { directories, into }
  },
  async run({ directories, into }) {
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
