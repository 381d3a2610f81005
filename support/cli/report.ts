/** `npm run report`: the Allure HTML of the last run, with the history of earlier ones. */
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { AllureNotRendered, renderAllureHtml } from '../report/allure/html'
import { lockReports, ReportsInUse } from '../report/reports-lock'
import { execute, print, printError } from './command'

void execute({
  usage: `usage: npm run report
  Renders allure-results of ACCEPTANCE_REPORTS, else of reports, as HTML. It needs Java.
  exit code  0 rendered, 1 not rendered, 3 wrong arguments or a broken suite`,
  parse: (words) => parseArgs({ args: words }),
  foreseen: [ReportsInUse],
  async run() {
    const reports = process.env.ACCEPTANCE_REPORTS || 'reports'
    await lockReports(reports, 'npm run report', { create: false })
    try {
      const page = await renderAllureHtml(reports)
      // Its pages fetch their data, which browsers refuse to pages opened from a file.
      print(`Report: ${page}\nOpen it with: npx allure open ${dirname(page)}`)
      return 0
    } catch (error) {
      if (!(error instanceof AllureNotRendered)) throw error
      printError(error.message)
      return 1
    }
  },
})
