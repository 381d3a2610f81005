/** The request of the operator for a run. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type IConfiguration, type IRunConfiguration, loadConfiguration } from '@cucumber/cucumber/api'
import { checkout } from '../basis/checkout'
import { rememberOutcome } from '../basis/memo'
import { messageOf } from '../basis/message'
import { ConfigurationError } from '../configuration/error'

/** Options of Cucumber, in the form of its configuration. */
export type CucumberOptions = Partial<IConfiguration>

export interface CommandLine {
  /** The selection of scenarios and the options for Cucumber, in the form of its configuration. */
  readonly cucumber: CucumberOptions
  /** The context of --context. */
  readonly context: string | undefined
  readonly profiles: readonly string[]
  readonly configurationFile: string | undefined
  /** The operator chose what Cucumber writes to the terminal. */
  readonly ownFormat: boolean
  /** The run ends after the first scenario that fails; the rest is not run. */
  readonly failFast: boolean
}

/**
 * Combines a request with the profiles of Cucumber's configuration, once: the suite's own, whatever the working directory holds.
 * @throws ConfigurationError if the file or a profile of it cannot be used
 */
export const runConfigurationOf = rememberOutcome(combine)

const otherFile =
  'The configuration of the suite is another file: ACCEPTANCE_CONFIG names it, else it is acceptance.yaml.'

async function combine({ cucumber, profiles, configurationFile }: CommandLine): Promise<IRunConfiguration> {
  if (configurationFile !== undefined && !existsSync(configurationFile))
    throw new ConfigurationError(
      `There is no file ${configurationFile}, in which --config looks for Cucumber's profiles. ${otherFile}`,
    )
  try {
    const { runConfiguration } = await loadConfiguration(
      { provided: cucumber, profiles: [...profiles], ...(configurationFile ? { file: configurationFile } : {}) },
      { cwd: checkout },
    )
    return runConfiguration
  } catch (error) {
    const file = configurationFile ?? join(checkout, 'cucumber.js')
    throw new ConfigurationError(
      `The file with Cucumber's profiles, ${file}, cannot be used: ${messageOf(error).replace(/\.$/, '')}.\nExpected a file that exports each profile by its name, such as module.exports = { default: {} }, chosen with --config FILE --profile default. ${otherFile}`,
    )
  }
}
