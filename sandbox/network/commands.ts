/** The programs that `kubectl exec` finds in a pod: wget, curl and mysql. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../basis/files'
import { checkout, inState } from '../basis/layout'
import type { Ports } from '../basis/ports'
import { debianProgram } from '../programs/debian'

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Writes the commands: wget and curl resolve services through the sandbox's network server, mysql asks its database. */
export function writeCommands(ports: Pick<Ports, 'network' | 'mysql'>): void {
  const script = join(checkout, 'sandbox', 'network', 'http-command.mts')
  for (const name of ['wget', 'curl']) {
    const node = `${quoted(process.execPath)} --no-warnings ${quoted(script)}`
    write(name, `SANDBOX_NETWORK=${ports.network} exec ${node} ${name} "$@"`)
  }
  const client = `${quoted(debianProgram('mariadb'))} --no-defaults --protocol=tcp --host=127.0.0.1`
  write('mysql', `exec ${client} --port=${ports.mysql} "$@"`)
}

function write(name: string, line: string): void {
  const path = inState('bin', name)
  writeWhole(path, `#!/bin/sh\n${line}\n`, 0o755)
  chmodSync(path, 0o755)
}
