/** The commands that only a checkout has: they run programs that the package leaves out. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from '../basis/checkout'
import { exitCodeOf, started } from './child'
import { command, Misuse } from './command'

const ofCheckout = (program: string, name: string) =>
  command({
    arguments: (parser) =>
      parser
        .positional('arguments', { type: 'string', array: true, default: [], describe: `The arguments of ${name}` })
        .strict(false)
        .help(false),
    async run() {
      const path = join(checkout, program)
      if (!existsSync(path))
        throw new Misuse(`The package has no ${name}. Clone the repository and run npm run ${name} there.`)
      const words = process.argv.slice(process.argv.indexOf(name) + 1)
      return exitCodeOf(started(path, words, { stdio: 'inherit' }))
    },
  })

export const sandbox = ofCheckout('sandbox/cli/main.ts', 'sandbox')
export const faults = ofCheckout('faults/main.ts', 'faults')
