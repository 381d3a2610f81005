/** Causes in a run with several faults at once, and in a run whose caller lacks rights. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../../../faults/catalogue'
import { Doors } from '../../../faults/doors/doors'
import { sandboxEnvironment } from '../../../faults/runs/sandbox'
import { runSuite } from '../../../faults/runs/suite'
import { Diagnosis } from '../../../support/diagnosis/diagnosis'
import { runFactsSchema } from '../../../support/record/run-facts'
import { callerWith, type Rule } from '../../fixtures/caller'

let environment: Record<string, string>
let reports: string
let heal: (() => Promise<void>)[] = []

beforeAll(async () => {
  environment = await sandboxEnvironment()
  reports = mkdtempSync(join(tmpdir(), 'diagnosis-'))
}, 120_000)

afterEach(async () => {
  for (const one of heal) await one()
  heal = []
}, 120_000)

afterAll(() => rmSync(reports, { recursive: true, force: true }))

async function apply(...ids: string[]): Promise<void> {
  const doors = new Doors(environment)
  for (const id of ids) {
    const fault = catalogue.find((one) => one.id === id)
    if (!fault) throw new Error(`There is no fault ${id}.`)
    heal.push(await fault.apply(doors))
  }
}

describe('three faults at once', () => {
  it('are reported as three causes, each with its items, in every report', async () => {
    await apply('service-selects-nothing', 'index-dropped', 'secret-stale')
    const { verdict, output } = await runSuite(environment, ['--tags', 'not @story and not @browser'], reports)
    const causes = Object.fromEntries(verdict.causes.map((cause) => [cause.object, cause]))
    expect(Object.keys(causes).sort()).toEqual([
      'ExternalSecret fawkes/devlake-db',
      'Service fawkes/devlake-lake',
      'index deployments.idx_deployments_cfr',
    ])
    expect(causes['ExternalSecret fawkes/devlake-db']?.items).toEqual(['1.1'])
    expect(causes['index deployments.idx_deployments_cfr']?.items).toEqual(['6.5'])
    const followers = causes['Service fawkes/devlake-lake']?.items ?? []
    expect(followers).toEqual(expect.arrayContaining(['4.1', '4.2', '5.2', '5.3', '7.1', '8.1', '9.1', '10.3', '21.6']))
    expect(followers.length).toBeGreaterThanOrEqual(20)

    const page = readFileSync(join(reports, 'sign-off.html'), 'utf8')
    const categories = JSON.parse(readFileSync(join(reports, 'allure-results', 'categories.json'), 'utf8')) as {
      name: string
    }[]
    for (const { summary, object, remedy } of verdict.causes) {
      expect(output).toContain(summary)
      for (const command of remedy) expect(output).toContain(command)
      expect(page).toContain(`<dd class="object">${object}</dd>`)
      expect(categories.map(({ name }) => name)).toContain(`${summary} (${object})`)
    }
    expect(output).toContain('To roll the deployment back:')
    expect(output).toContain('kubectl --context sandbox delete application -n fawkes devlake')
    expect(page).toContain('To roll the deployment back')
    expect(verdict.diagnosis).toMatchObject({ uncollected: [] })
  }, 180_000)

  it('leave facts that yield the same causes again', async () => {
    await apply('image-not-found')
    const { verdict } = await runSuite(environment, ['--tags', '@section:3 or @section:4'], reports)
    const [cause] = verdict.causes
    const facts = runFactsSchema.parse(JSON.parse(readFileSync(join(reports, 'run.json'), 'utf8'))).collected
    const again = new Diagnosis(facts, []).causeOf({
      ...{
        summary: 'It has no ready endpoints.',
        object: 'Service fawkes/devlake-ui',
        expected: '',
        found: '',
        remedy: [],
      },
      reliesOn: ['Service fawkes/devlake-ui'],
    })
    expect(again).toMatchObject({ object: cause?.object, summary: cause?.summary })
  }, 120_000)
})

describe('a caller without access to events, nodes and logs', () => {
  const read = (apiGroups: string[], resources: string[]): Rule => ({ apiGroups, resources, verbs: ['get', 'list'] })
  const rules = [
    read([''], ['pods', 'services', 'secrets', 'persistentvolumeclaims']),
    read(['apps', 'discovery.k8s.io', 'networking.k8s.io'], ['*']),
  ]

  it('gets the cause that can be found, and a list of the missing facts with reasons', async () => {
    const caller = callerWith(environment, 'acceptance-without-events', rules)
    heal.push(async () => caller.remove())
    await apply('ui-scaled-down')
    const { verdict, output } = await runSuite(caller.environment, ['--tags', '@section:4'])
    expect(verdict.causes.map(({ summary }) => summary).join('\n')).toContain(
      'StatefulSet fawkes/devlake-ui is scaled to 0',
    )
    expect(verdict.diagnosis?.uncollected).toEqual(
      expect.arrayContaining([
        { what: 'list events in fawkes', why: 'The caller may not list events in fawkes.' },
        { what: 'list nodes', why: 'The caller may not list nodes.' },
      ]),
    )
    expect(output).toContain(
      'could not be collected for the diagnosis: list events in fawkes (The caller may not list events in fawkes.)',
    )
  }, 120_000)
})
