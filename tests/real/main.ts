/** `npm run test:real`: the suite and its faults on the real controllers. Further arguments go to vitest. */
import { execa } from 'execa'

const given = ['run', '--project', 'real', ...process.argv.slice(2)]

execa('vitest', given, { stdio: 'inherit', reject: false, preferLocal: true }).then(({ exitCode }) =>
  process.exit(exitCode ?? 1),
)
