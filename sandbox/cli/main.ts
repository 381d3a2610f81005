/** `npm run sandbox`: the commands up, down, status and env. */
import { meantBy, readArguments } from '../basis/arguments'
import { messageOf } from '../basis/errors'
import { platformNames } from '../platform/platforms'
import { down } from './down'
import { printEnvironment } from './environment'
import { readOptions } from './options'
import { status } from './status'
import { up } from './up'

const usage = `Usage: npm run sandbox -- COMMAND
  up       start every part that is not running and wait until the platform is ready
             --jenkins              also deploy a Jenkins
             --read-only            do not allow the suite to write
             --seed N               generate another history (default: 1)
             --collection-period P  time between two collections, such as 60s (default: 1s)
             --platform NAME        deploy another platform: ${platformNames.join(', ')}
             --real                 run the real ArgoCD, External Secrets and Prometheus Operator, built once
  down     end everything that up started
  status   list every part with its process and port; exit code 1 if one is not running
  env      print the exports for kubectl and the suite: eval "$(npm run -s sandbox -- env)"

  --help   show this text

Exit codes: 0 done, 1 error, or a part that is not running, 130 interrupted`

const commands = ['up', 'down', 'status', 'env']

const say = (line: string) => process.stdout.write(`${line}\n`)

class Interrupted extends Error {}

/** Aborts on Ctrl-C and when another process asks this one to end. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(new Interrupted(`Interrupted by ${signal}.`)))
  }
  return controller.signal
}

const optionsOfUp = {
  jenkins: { type: 'boolean' },
  'read-only': { type: 'boolean' },
  seed: { type: 'string' },
  'collection-period': { type: 'string' },
  real: { type: 'boolean' },
  platform: { type: 'string' },
} as const

async function main(): Promise<number> {
  const { values, positionals } = readArguments(process.argv.slice(2), optionsOfUp, usage)
  const [command, ...rest] = positionals
  if (values.help) {
    say(usage)
    return 0
  }
  if (rest.length > 0) throw new Error(`Unexpected argument: ${rest.join(' ')}\n${usage}`)
  const options = Object.keys(values).map((name) => `--${name}`)
  if (command !== 'up' && options.length > 0) throw new Error(`Only up takes ${options.join(' and ')}.\n${usage}`)
  const signal = interruption()
  switch (command) {
    case 'up':
      await up(
        readOptions({
          jenkins: values.jenkins,
          readOnly: values['read-only'],
          seed: values.seed,
          collectionPeriod: values['collection-period'],
          real: values.real,
          platform: values.platform,
        }),
        say,
        signal,
      )
      return 0
    case 'down':
      await down(say)
      return 0
    case 'status':
      return (await status(say)) ? 0 : 1
    case 'env':
      return printEnvironment(say) ? 0 : 1
    default:
      throw new Error(
        command === undefined
          ? `Name a command, such as up.\n${usage}`
          : `There is no command "${command}".${meantBy(command, commands)}\n${usage}`,
      )
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exit(error instanceof Interrupted ? 130 : 1)
  },
)
