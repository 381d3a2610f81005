/** `dora-acceptance run`: judges the platform and writes the reports. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportDirectory } from '../basis/checkout'
import { removeReports, reportFiles } from '../report/earlier-reports'
import { type Detail, Progress } from '../report/progress'
import { lockReports, ReportsInUse } from '../report/reports-lock'
import { ensureWritable, ReportsNotWritten } from '../report/writable'
import { runConfigurationOf } from '../run/command-line'
import { Run } from '../run/run'
import { command, Misuse, print } from './command'
import { commandLineOf, withRunOptions } from './run-arguments'

const options = {
  'dry-run': { type: 'boolean', describe: 'Only list what would be judged, as the command list does' },
  cluster: { type: 'boolean', implies: 'dry-run', describe: 'With --dry-run: ask the cluster, as list --cluster does' },
  'read-only': { type: 'boolean', describe: 'Do not write, also where the configuration allows it' },
  quiet: { alias: 'q', type: 'boolean', describe: 'Print only the verdict' },
  verbose: { alias: 'v', type: 'boolean', describe: 'Print each scenario with its steps' },
  json: {
    type: 'boolean',
    describe: 'Print the record on standard output, and everything else on standard error',
  },
  'no-color': { type: 'boolean', describe: 'Print without colours' },
} as const

let progress = new Progress(process.stdout)

export const run = command({
  arguments: (parser) =>
    withRunOptions(parser)
      .options(options)
      .conflicts('quiet', 'verbose')
      .example('$0 run', 'Judge the current context of the kubeconfig, read-only')
      .example('$0 run 3 5 --context staging', 'Judge two sections of another cluster')
      .example('$0 run --only-failed', 'Judge again what failed or was blocked')
      .example('$0 run --shard 1/4', 'Run one part of four')
      .epilogue(
        'Reports are written to ACCEPTANCE_REPORTS, else to reports.\n\n' +
          'Exit codes: 0 accepted or partial, 1 rejected, 2 blocked, 3 error or wrong arguments',
      ),
  async run(given) {
    if (given.readOnly) process.env.ACCEPTANCE_READ_ONLY = '1'
    if (given.noColor) process.env.NO_COLOR = '1'
    progress = new Progress(given.json ? process.stderr : process.stdout, process.env, detailOf(given))
    const commandLine = commandLineOf(given)
    if (given.json && commandLine.ownFormat)
      throw new Misuse(
        '--json and a --format without a file both print on standard output: name a file, such as --format progress:progress.txt.',
      )
    if (given.dryRun) return (await import('./list')).printPlan(commandLine, given)
    // A wrong profile is refused before the last reports are removed.
    await runConfigurationOf(commandLine)
    const reports = reportDirectory()
    ensureWritable(reports, reportFiles)
    await lockReports(reports, 'dora-acceptance run')
    const cleared = removeReports(reports)
    const run = new Run(new Date(), commandLine, progress)
    await run.execute()
    const judged = await run.judge()
    await cleared
    // Loaded on demand: the reports need a good part of the code, and the first scenario would wait for it.
    const { publish } = await import('../report/publish')
    const exitCode = await publish(judged, reports, run.settings, progress)
    if (given.json) print(readFileSync(join(reports, 'verdict.json'), 'utf8').trimEnd())
    return exitCode
  },
  foreseen: [ReportsInUse, ReportsNotWritten],
  complain: (text) => progress.warn(text),
})

const detailOf = ({ quiet, verbose }: { quiet?: boolean | undefined; verbose?: boolean | undefined }): Detail =>
  quiet ? 'verdict' : verbose ? 'steps' : 'scenarios'
