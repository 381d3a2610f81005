/** Events that are sent and events that are stored are judged alike, with any history, and in a second run too. */
import { describe, expect, it } from 'vitest'
import { withOwnSandbox } from '../../../faults/runs/sandbox'
import { runSuite, type SuiteRun } from '../../../faults/runs/suite'
import { loadChecklist } from '../../../support/basis/checklist'

const tags = '@section:18 or @section:19 or @section:21'
const items = /^(18\.\d|19\.[1-4]|21\.[1-6])$/

const judged = loadChecklist().items.filter(({ id }) => items.test(id))

const notPassed = ({ verdict }: SuiteRun) =>
  verdict.items.filter(({ id, status }) => items.test(id) && status !== 'passed').map(({ id, reason }) => [id, reason])

describe.each(['1', '2', '3'])('a platform with Jenkins and the history of seed %s', (seed) => {
  it('passes all of 18, 19.1 to 19.4 and 21.1 to 21.6, twice in a row', async () => {
    await withOwnSandbox(['--jenkins', '--seed', seed], async (environment) => {
      for (const run of ['first', 'second']) {
        const result = await runSuite(environment, ['--tags', tags])
        expect(notPassed(result), run).toEqual([])
        expect(result.verdict.items.filter(({ id }) => items.test(id))).toHaveLength(judged.length)
        expect(result.verdict, run).toMatchObject({ verdict: 'partial', exitCode: 0, problems: [] })
        expect(result.verdict, run).not.toHaveProperty('leftBehind')
      }
    })
  }, 300_000)
})
