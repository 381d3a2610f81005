/** The state directory of the sandboxes of one test file: imported first, because the ways into a sandbox read it when they load. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const ownState = mkdtempSync(join(tmpdir(), 'sandbox-'))
process.env.SANDBOX_STATE = ownState
