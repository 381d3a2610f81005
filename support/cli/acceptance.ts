/**
 * `npm run acceptance -- [--context NAME] [any option or path that Cucumber takes]`: judges the platform and writes the
 * reports.
 */
import { reportDirectory } from '../basis/checkout'
import { Progress } from '../report/progress'
import { publish } from '../report/publish'
import { lockReports, ReportsInUse } from '../report/reports-lock'
import { removeReports } from '../report/write'
import { parseCommandLine } from '../run/command-line'
import { Run } from '../run/run'
import { execute } from './command'

const progress = new Progress(process.stdout)

void execute({
  usage: `usage: npm run acceptance -- [--context NAME] [any option or path that Cucumber takes]
  --context NAME  the context of the kubeconfig to judge; that of the configuration, else the current one, when absent
  --help          lists the options of Cucumber`,
  parse: parseCommandLine,
  ownHelp: true,
  async run(commandLine) {
    const reports = reportDirectory()
    await lockReports(reports, 'npm run acceptance')
    const cleared = removeReports(reports)
    const run = new Run(new Date(), commandLine, progress)
    await run.execute()
    const judged = await run.judge()
    await cleared
    return publish(judged, reports, run.settings, progress)
  },
  foreseen: [ReportsInUse],
  complain: (text) => progress.warn(text),
})
