/** The exports that make the sandbox a cluster like any other. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { files } from '../basis/layout'
import { builtPath } from '../programs/go'
import { findProgram } from '../programs/lookup'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** The variables with which kubectl and the suite find the sandbox. */
export function environmentOf(): Readonly<Record<'KUBECONFIG' | 'ACCEPTANCE_CONFIG', string>> {
  return { KUBECONFIG: files.kubeconfig, ACCEPTANCE_CONFIG: files.configuration }
}

/** Prints shell lines only; answers false when there is no sandbox. */
export function printEnvironment(report: (line: string) => void): boolean {
  if (!existsSync(files.kubeconfig)) {
    process.stderr.write('there is no sandbox yet: npm run sandbox -- up starts one\n')
    return false
  }
  for (const [name, value] of Object.entries(environmentOf())) report(`export ${name}=${quoted(value)}`)
  if (findProgram(['kubectl']) === undefined) report(`export PATH="$PATH":${quoted(dirname(builtPath('kubectl')))}`)
  return true
}
