/** The request of the operator for a run. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type IConfiguration, type IRunConfiguration, loadConfiguration } from '@cucumber/cucumber/api'
import { checkout } from '../basis/checkout'
import { command } from '../basis/command'
import { rememberOutcome } from '../basis/memo'
import { messageOf } from '../basis/message'
import { ConfigurationError } from '../configuration/error'
import { readText, yamlIn } from '../configuration/yaml-file'

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
  if (configurationFile !== undefined) checkProfileFile(configurationFile, profiles)
  const isOwn = configurationFile !== undefined || profiles.length > 0
  try {
    const { runConfiguration } = await loadConfiguration(
      {
        provided: isOwn ? { ...cucumber, ...(await codeOfSuite()) } : cucumber,
        profiles: [...profiles],
        // Cucumber takes the path for one below the working directory, even a whole one.
        ...(configurationFile ? { file: relative(checkout, configurationFile) } : {}),
      },
      { cwd: checkout },
    )
    return runConfiguration
  } catch (error) {
    const file = configurationFile ?? join(checkout, 'cucumber.js')
    const { cause = error } = error as Error
    throw new ConfigurationError(
      `The file with Cucumber's profiles, ${file}, cannot be used: ${messageOf(cause).replace(/\.$/, '')}.\nExpected a file that exports each profile by its name, such as module.exports = { default: {} }, chosen with --config FILE --profile default. ${otherFile}`,
    )
  }
}

/** The steps and hooks of the suite, which a profile of somebody else does not name. */
async function codeOfSuite(): Promise<CucumberOptions> {
  const { useConfiguration } = await loadConfiguration({}, { cwd: checkout })
  const { require, requireModule } = useConfiguration
  return { require, requireModule }
}

/** @throws ConfigurationError for a file that does not exist, or of which Cucumber would silently use nothing */
function checkProfileFile(file: string, profiles: readonly string[]): void {
  if (!existsSync(file))
    throw new ConfigurationError(
      `There is no file ${file}, in which --config looks for Cucumber's profiles. ${otherFile}`,
    )
  if (profiles.length > 0 || !/\.(ya?ml|json)$/.test(file)) return
  const { content } = yamlIn(readText(file, `The file ${file}`), file)
  if (typeof content === 'object' && content !== null && 'default' in content) return
  throw new ConfigurationError(
    `${file} has no profile "default" of Cucumber, and --profile names no other one. ${otherFile} If it is that file, type: ${command`ACCEPTANCE_CONFIG=${file} npx dora-acceptance run`}`,
  )
}
