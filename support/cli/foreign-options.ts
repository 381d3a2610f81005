/** Options that a command does not take, each with the reason: some of Cucumber, and those of a run where nothing is run. */
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

const listed = 'Nothing is run, so it changes nothing. It belongs to the command run.'

/** Options of `run`, with their short names, that mean nothing for `list`. */
const ofRun: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...['fail-fast', 'parallel', 'order', 'format', 'f', 'quiet', 'q', 'verbose', 'v'],
    ...['read-only', 'dry-run', 'no-color'],
  ].map((name) => [name, listed]),
)

/** @throws Misuse with the reason, if the command does not take an option */
export function refuseForeignOptions([command, ...words]: readonly string[]): void {
  if (command !== 'run' && command !== 'list' && command !== 'watch') return
  for (const word of words) {
    const [, dashes, name = ''] = /^(--(?=..)|-(?=.(?:=|$)))([\w-]+)/.exec(word) ?? []
    const known = command === 'list' ? { ...reasons, ...ofRun } : reasons
    const reason = Object.hasOwn(known, name) ? known[name] : undefined
    if (reason !== undefined) throw new Misuse(`${dashes}${name} is not taken. ${reason}`)
  }
}
