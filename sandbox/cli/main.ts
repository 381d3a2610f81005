/** The sandbox's command line: up, down, status, env. */
import { parseArgs } from 'node:util'
import { down } from './down'
import { printEnvironment } from './environment'
import { readOptions } from './options'
import { status } from './status'
import { up } from './up'

const usage = `usage: npm run sandbox -- COMMAND
  up       start what is not running and wait until the platform is ready
             --jenkins              deploy a Jenkins as well
             --read-only            do not allow the suite to write
             --seed N               another history (1 unless told)
             --collection-period P  time from one collection to the next, such as 60s (1s unless told)
  down     end everything that up started
  status   every part, its process and port; exit code 1 when one is down
  env      the exports with which kubectl and the suite find it: eval "$(npm run -s sandbox -- env)"`

const say = (line: string) => process.stdout.write(`${line}\n`)

class Interrupted extends Error {}

/** Aborts on Ctrl-C and on a polite request to end. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(new Interrupted(`interrupted by ${signal}`)))
  }
  return controller.signal
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      jenkins: { type: 'boolean' },
      'read-only': { type: 'boolean' },
      seed: { type: 'string' },
      'collection-period': { type: 'string' },
    },
  })
  const [command, ...rest] = positionals
  if (rest.length > 0) throw new Error(`unexpected: ${rest.join(' ')}\n${usage}`)
  const signal = interruption()
  switch (command) {
    case 'up':
      await up(
        readOptions({
          jenkins: values.jenkins,
          readOnly: values['read-only'],
          seed: values.seed,
          collectionPeriod: values['collection-period'],
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
      throw new Error(command === undefined ? usage : `there is no command ${command}\n${usage}`)
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(error instanceof Interrupted ? 130 : 1)
  },
)
