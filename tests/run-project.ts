/** Runs a vitest project of its own, which takes longer than `npm test` may. */
import { execa } from 'execa'

/**
 * Ends the process with the exit code of vitest, or shows the usage for `--help`. Further arguments go to vitest.
 * @param project its name; `npm run test:NAME` runs it
 * @param does what it does, such as "runs the suite on a cluster"
 */
export async function runProject(project: string, does: string): Promise<never> {
  const given = process.argv.slice(2)
  if (given.includes('--help')) {
    const command = `npm run test:${project}`
    console.log(`${command}                 ${does}
${command} -- -t NAME      runs the tests whose names contain a text
${command} -- --help       shows this text

Further arguments go to vitest; npx vitest --help lists them.
Exit codes: 0 every test passed, 1 some did not`)
    process.exit(0)
  }
  const { exitCode } = await execa('vitest', ['run', '--project', project, ...given], {
    stdio: 'inherit',
    reject: false,
    preferLocal: true,
  })
  process.exit(exitCode ?? 1)
}
