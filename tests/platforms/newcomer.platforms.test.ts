/** The packed suite in an empty folder: a newcomer with a kubeconfig reaches a verdict with `init` and `run`, without an edit. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withOwnSandbox } from '../../faults/runs/sandbox'
import type { Verdict } from '../../support/record/verdict'
import { installPacked, npx } from '../fixtures/packed'

/**
 * The sections that need nothing beside the cluster: no address of this machine, no attestation, and no minutes without a failed
 * scrape, which a sandbox does not have while it starts.
 */
const ofCluster = ['0', '1', '2', '3', '4', '6', '7', '8', '9', '11', '12', '15', '16', '18', '21']

it('reaches a verdict with two commands', async () => {
  const folder = await installPacked()
  try {
    await withOwnSandbox([], async ({ KUBECONFIG = '' }) => {
      const newcomer = { KUBECONFIG, ACCEPTANCE_CONFIG: '', ACCEPTANCE_REPORTS: '', CI: 'true' }
      const init = await npx(folder, ['init'], newcomer)
      expect({ exitCode: init.exitCode, all: init.all }).toEqual({
        exitCode: 0,
        all: expect.stringContaining(
          'acceptance.yaml: 5 keys differ from the defaults of the contract fawkes; 0 are open',
        ),
      })
      const run = await npx(folder, ['run'], newcomer)
      const record = JSON.parse(readFileSync(join(folder, 'reports', 'verdict.json'), 'utf8')) as Verdict
      expect({ exitCode: run.exitCode, problems: record.problems }).toEqual({ exitCode: record.exitCode, problems: [] })
      expect(run.all).toContain(`${record.verdict}  contract fawkes, read-only`)
      const own = record.items.filter(({ section }) => ofCluster.includes(section))
      expect(own.filter(({ status }) => !['passed', 'not applicable', 'not run'].includes(status))).toEqual([])
      const proven = own.filter(({ status }) => status === 'passed')
      expect([...new Set(proven.map(({ section }) => section))]).toEqual(ofCluster)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
