/** `npm run test:platforms`: init and run on each platform of the sandbox. Further arguments go to vitest. */
import { execa } from 'execa'

const given = ['run', '--project', 'platforms', ...process.argv.slice(2)]

execa('vitest', given, { stdio: 'inherit', reject: false, preferLocal: true }).then(({ exitCode }) =>
  process.exit(exitCode ?? 1),
)
