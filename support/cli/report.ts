/** `npm run report`: the Allure HTML of the last run, with the history of earlier ones. */
import { dirname } from 'node:path'
import { AllureNotRendered, renderAllureHtml } from '../report/allure/html'

async function main(): Promise<number> {
  try {
    const page = await renderAllureHtml(process.env.ACCEPTANCE_REPORTS || 'reports')
    // Its pages fetch their data, which browsers refuse to pages from a file.
    console.log(`Report: ${page}\nOpen it with: npx allure open ${dirname(page)}`)
    return 0
  } catch (error) {
    if (!(error instanceof AllureNotRendered)) throw error
    console.error(error.message)
    return 1
  }
}

main().then((exitCode) => {
  process.exitCode = exitCode
})
