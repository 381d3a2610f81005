/** `dora-acceptance report`: the Allure HTML of the last run, with the history of earlier ones. */
import { statSync } from 'node:fs'
import { reportPath } from '../basis/checkout'
import { AllureNotRendered, renderAllureHtml } from '../report/allure/html'
import { lockReports, ReportsInUse } from '../report/reports-lock'
import { ensureWritable, ReportsNotWritten } from '../report/writable'
import { command, print, printError } from './command'

export const report = command({
  arguments: (parser) =>
    parser
      .example('$0 report', 'Render the results of the last run')
      .epilogue(
        'Renders allure-results of ACCEPTANCE_REPORTS, else of reports, as HTML, with the earlier runs of the\n' +
          'archive: by allure-commandline where Java is, else by Allure 3.\n\n' +
          'Exit codes: 0 rendered, 1 not rendered, 3 error or wrong arguments',
      ),
  foreseen: [ReportsInUse, ReportsNotWritten],
  async run() {
    const reports = reportPath()
    if (statSync(reports, { throwIfNoEntry: false })?.isDirectory()) ensureWritable(reports, [])
    await lockReports(reports, 'dora-acceptance report', { create: false })
    try {
      const { page, program, open } = await renderAllureHtml(reports)
      print(`Report: ${page}, rendered by ${program}\n${open}`)
      return 0
    } catch (error) {
      if (!(error instanceof AllureNotRendered)) throw error
      printError(error.message)
      return 1
    }
  },
})
