/** Options of Cucumber that the suite does not take, each with the reason. */
import { Misuse } from './command'

const ownSteps = 'The suite loads its own steps.'
const exact = 'The suite decides what counts as a pass.'
const reports = 'The suite writes its own reports; --format shows the progress in another way.'

const reasons: Readonly<Record<string, string>> = {
  publish: 'Nothing is published: the evidence stays in the reports directory.',
  'publish-quiet': 'Nothing is published: the evidence stays in the reports directory.',
  retry: 'A scenario that passes only when it is repeated proves nothing.',
  'retry-tag-filter': 'A scenario that passes only when it is repeated proves nothing.',
  strict: exact,
  'no-strict': exact,
  require: ownSteps,
  'require-module': ownSteps,
  import: ownSteps,
  loader: ownSteps,
  plugin: ownSteps,
  'plugin-options': ownSteps,
  'world-parameters': 'The configuration file holds the settings of a run.',
  exit: 'The process always ends with the exit code of the verdict.',
  'force-exit': 'The process always ends with the exit code of the verdict.',
  backtrace: 'The Cucumber messages in messages.ndjson hold the stack traces.',
  'i18n-keywords': 'The features are in English.',
  'i18n-languages': 'The features are in English.',
  language: 'The features are in English.',
  'format-options': reports,
}

/** @throws Misuse with the reason, if an option is one of Cucumber that the suite does not take */
export function refuseForeignOptions([command, ...words]: readonly string[]): void {
  if (command !== 'run' && command !== 'list' && command !== 'watch') return
  for (const word of words) {
    const name = /^--([\w-]+)/.exec(word)?.[1] ?? ''
    const reason = Object.hasOwn(reasons, name) ? reasons[name] : undefined
    if (reason !== undefined) throw new Misuse(`--${name} is not taken. ${reason}`)
  }
}
