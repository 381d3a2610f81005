/** The request of the operator for a run. */
import { type IConfiguration, type IRunConfiguration, loadConfiguration } from '@cucumber/cucumber/api'
import { checkout } from '../basis/checkout'

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

/** Combines a request with the profiles of Cucumber's configuration: the suite's own, whatever the working directory holds. */
export async function runConfigurationOf(commandLine: CommandLine): Promise<IRunConfiguration> {
  const { cucumber, profiles, configurationFile } = commandLine
  const { runConfiguration } = await loadConfiguration(
    { provided: cucumber, profiles: [...profiles], ...(configurationFile ? { file: configurationFile } : {}) },
    { cwd: checkout },
  )
  return runConfiguration
}
