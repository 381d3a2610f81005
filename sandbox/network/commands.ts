/** The wget and curl that `kubectl exec` finds in a pod. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../basis/files'
import { checkout, inState } from '../basis/layout'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Writes both commands. They resolve services through the sandbox's network server on the given port. */
export function writeCommands(networkPort: number): void {
  const script = join(checkout, 'sandbox', 'network', 'http-command.mts')
  for (const name of ['wget', 'curl']) {
    const path = inState('bin', name)
    const lines = [
      '#!/bin/sh',
      `SANDBOX_NETWORK=${networkPort} exec ${quoted(process.execPath)} --no-warnings ${quoted(script)} ${name} "$@"`,
      '',
    ]
    writeWhole(path, lines.join('\n'), 0o755)
    chmodSync(path, 0o755)
  }
}
