/** Mistakes in the environment variables of the suite: a misspelt one would otherwise silently keep the default. */
import { distance } from 'fastest-levenshtein'
import { command } from '../basis/command'
import { ConfigurationError } from './error'

/** The variables that decide what is judged and where the reports go, without their prefix. */
const deciding = ['CONFIG', 'CONTEXT', 'READ_ONLY', 'REPORTS']

/** Words that people add to the name of a variable that holds a path or a name. */
const addition = /_(DIR|DIRECTORY|FILE|FOLDER|NAME|PATH)$/

/**
 * Checks the variables that begin with ACCEPTANCE_. Others than those of the suite may be set: platforms and teams have their own.
 * @throws ConfigurationError for a name that is nearly one of the suite's while that one is not set, and for a path with a literal ~
 */
export function checkVariables(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(environment)) {
    const [, own] = /^acceptance_(.+)$/i.exec(name) ?? []
    if (own === undefined || !value) continue
    const meant = deciding.find((one) => isNearly(own.toUpperCase(), one))
    if (meant !== undefined && name !== `ACCEPTANCE_${meant}` && !environment[`ACCEPTANCE_${meant}`])
      throw new ConfigurationError(
        `The environment variable ${name} means nothing here. Did you mean ACCEPTANCE_${meant}? Set that one, or type: ${command`unset ${name}`}`,
      )
    const [, below] = /^~\/(.*)$/s.exec(value) ?? []
    if (below !== undefined && (name === 'ACCEPTANCE_CONFIG' || name === 'ACCEPTANCE_REPORTS'))
      throw new ConfigurationError(
        `${name} begins with ~, which only a shell replaces, and only outside quotes. Type: ${command`export ${name}=$HOME/${below}`}`,
      )
  }
}

/** The same but for one letter, two that changed places, an underscore or an added word. */
function isNearly(own: string, known: string): boolean {
  const bare = own === 'CONFIGURATION' ? 'CONFIG' : own.replace(addition, '')
  return distance(bare, known) <= (bare.length === known.length ? 2 : 1)
}
