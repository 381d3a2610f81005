/** `npm run -s merge -- DIR… [--into DIR]`: the reports of a run's shards become one set of reports, with one verdict. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { contracts } from '../../support/flavours/flavours'
import { loadChecklist } from '../basis/checklist'
import { reportDirectory } from '../basis/checkout'
import { messageOf } from '../basis/message'
import { ConfigurationError } from '../configuration/error'
import { loadSettings } from '../configuration/load'
import { mergeShards } from '../judgement/merge'
import { NoShard, readShard, type Shard } from '../judgement/shard'
import { exitCodes } from '../record/verdict'
import { Progress } from '../report/progress'
import { publish } from '../report/publish'
import { removeReports } from '../report/write'

const usage = `usage: npm run -s merge -- DIR… [--into DIR]
  DIR         the reports of one shard: npm run acceptance -- --shard 1/4, with ACCEPTANCE_REPORTS=DIR
  --into DIR  where the reports of the whole go; ACCEPTANCE_REPORTS, else reports, when absent
  exit code   that of the verdict, as of a run`

const progress = new Progress(process.stdout)

/** What the caller did wrong. */
class Misuse extends Error {}

async function main(): Promise<number> {
  const { directories, into } = asked()
  // Only who signs and what is told of the run: what was judged, and how, stands in the shards.
  const settings = loadSettings(contracts)
  const shards: Shard[] = []
  const unreadable: string[] = []
  for (const directory of directories)
    try {
      shards.push(readShard(directory))
    } catch (error) {
      if (!(error instanceof NoShard)) throw error
      unreadable.push(error.message)
    }
  await removeReports(into)
  const [first, ...others] = shards
  if (first) return publish(mergeShards(loadChecklist(), [first, ...others], unreadable), into, settings, progress)
  for (const sentence of unreadable) progress.warn(sentence)
  return exitCodes.error
}

function asked() {
  const { positionals: directories, values } = parsed()
  const into = values.into ?? reportDirectory()
  if (directories.length === 0) throw new Misuse(usage)
  if (directories.some((directory) => resolve(directory) === resolve(into)))
    throw new Misuse(`The whole would replace the shard in ${into}: name another directory with --into.`)
  return { directories, into: resolve(into) }
}

function parsed() {
  try {
    return parseArgs({ allowPositionals: true, options: { into: { type: 'string' } } })
  } catch (error) {
    throw new Misuse(`${messageOf(error)}\n${usage}`)
  }
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    const message = messageOf(error)
    const known = error instanceof Misuse || error instanceof ConfigurationError
    progress.warn(known ? message : `The merge broke: ${message}`)
    process.exit(exitCodes.error)
  },
)
