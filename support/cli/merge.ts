/** `dora-acceptance merge`: merges the reports of a run's shards into one set of reports with one verdict. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadChecklist } from '../basis/checklist'
import { reportDirectory } from '../basis/checkout'
import { messageOf } from '../basis/message'
import { publicKeyIn } from '../configuration/keys'
import { loadSettings } from '../configuration/load'
import { contracts } from '../flavours/flavours'
import { mergeShards } from '../judgement/merge'
import { NoShard, readShard, type Shard } from '../judgement/shard'
import { signedShards } from '../judgement/shard-signatures'
import { historyOf } from '../record/archive'
import { lastConclusive } from '../record/previous'
import { fingerprintOf } from '../record/signature'
import { exitCodes } from '../record/verdict'
import { removeReports, reportFiles } from '../report/earlier-reports'
import { Progress } from '../report/progress'
import { publish } from '../report/publish'
import { lockReports, ReportsInUse } from '../report/reports-lock'
import { ensureWritable, ReportsNotWritten } from '../report/writable'
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
      .option('public-key', {
        type: 'string',
        array: true,
        requiresArg: true,
        default: [] as string[],
        describe:
          'PEM files with Ed25519 keys that must have signed the shards; the key of the configuration counts too',
      })
      .example('$0 merge shards/1 shards/2', 'Merge two shards into reports')
      .epilogue('Exit codes: those of the verdict, as for run'),
  async run({ directories, into: given, publicKey: publicKeys }) {
    const into = resolve(given ?? reportDirectory())
    if (directories.some((directory) => resolve(directory) === into))
      throw new Misuse(`The merged reports would replace the shard in ${into}: name another directory with --into.`)
    // Only for the signing key and the metrics: the shards hold what was judged, and how.
    const settings = loadSettings(contracts)
    const { signingKey } = settings
    const keys = [...publicKeys.map(readKey), ...(signingKey ? [signingKey] : [])]
    ensureWritable(into, reportFiles)
    for (const directory of directories) await lockReports(directory, 'dora-acceptance merge', { create: false })
    await lockReports(into, 'dora-acceptance merge')
    const { shards, unreadable } = shardsIn(directories)
    await removeReports(into)
    const { accepted, refused, records } = signedShards(shards, keys)
    const [first, ...others] = accepted
    const left = [...unreadable, ...refused]
    if (first) {
      const own = {
        shards: records,
        signedBy: signingKey && fingerprintOf(signingKey),
        history: historyOf(into, first.facts),
        previous: lastConclusive(into, first.facts),
      }
      return publish(mergeShards(loadChecklist(), [first, ...others], left, own), into, settings, progress)
    }
    for (const sentence of left) progress.warn(sentence)
    return exitCodes.error
  },
  foreseen: [ReportsInUse, ReportsNotWritten],
  complain: (text) => progress.warn(text),
})

function readKey(file: string) {
  try {
    return publicKeyIn(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Misuse(`${file}, which --public-key names, cannot be used: ${messageOf(error)}.`)
  }
}

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
