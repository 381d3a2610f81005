/** A process that uses a sandbox of its own leaves none of it behind when a signal ends it. */
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { isAlive, Processes } from '../../../sandbox/basis/processes'
import { root } from '../../fixtures/features'

it('stops its own sandbox when it is interrupted', async () => {
  const state = mkdtempSync(join(tmpdir(), 'sandbox-'))
  const user = execa('node', ['bootstrap.mjs', 'tests/fixtures/own-sandbox.ts', state], {
    cwd: root,
    reject: false,
    forceKillAfterDelay: false,
  })
  await new Promise<void>((inUse) => user.stdout.on('data', (said) => String(said).includes('in use') && inUse()))
  const parts = new Processes(join(state, 'processes.json')).all()
  expect(parts.filter(isAlive).length).toBeGreaterThan(5)
  user.kill('SIGTERM')
  const { exitCode } = await user
  expect({ exitCode, left: parts.filter(isAlive), state: existsSync(state) }).toEqual({
    exitCode: 130,
    left: [],
    state: false,
  })
})
