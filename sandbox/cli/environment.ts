/** `npm run sandbox -- env`: the exports with which kubectl and the suite use the sandbox like any other cluster. */
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

/** Reports shell lines only, because a shell evaluates them. Returns false if there is no sandbox. */
export function printEnvironment(report: (line: string) => void): boolean {
  if (!existsSync(files.kubeconfig)) {
    process.stderr.write('There is no sandbox yet. Start one with: npm run sandbox -- up\n')
    return false
  }
  for (const [name, value] of Object.entries(environmentOf())) report(`export ${name}=${quoted(value)}`)
  if (findProgram(['kubectl']) === undefined) report(`export PATH="$PATH":${quoted(dirname(builtPath('kubectl')))}`)
  return true
}
