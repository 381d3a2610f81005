import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeAllureResults } from '../../../../support/report/allure/results'
import { platformWithFaults } from '../../../fixtures/platform-with-faults'
import { allureResultsIn, readAllure, temporaryDirectory } from '../../../fixtures/reports'
import { item, recordOf, scenarioRun, step, verdict } from '../../../fixtures/verdict'

describe('the Allure results', () => {
  const { verdict: record, runs } = platformWithFaults()
  const directory = temporaryDirectory()
  writeAllureResults(directory, record, runs)
  const results = allureResultsIn(directory)
  const named = (name: string) => {
    const found = results.find((result) => result.name === name)
    if (!found) throw new Error(`No result is named "${name}".`)
    return found
  }
  const label = (name: string, of: string) =>
    named(of)
      .labels.filter((one) => one.name === name)
      .map(({ value }) => value)

  it('contain each scenario once, and each item that no scenario shows', () => {
    const names = results.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const run of runs) expect(names).toContain(run.name)
    for (const { id, text, scenarios } of record.items) {
      if (scenarios.length === 0) expect(names).toContain(`${id} ${text}`)
      else expect(names).not.toContain(`${id} ${text}`)
    }
  })

  it('place a scenario under its feature and rule, and under its section and items in the order of the checklist', () => {
    const name = 'Every pod of the service is running and ready'
    expect(label('epic', name)).toEqual(['03 Pods'])
    expect(label('feature', name)).toEqual(['Pods'])
    expect(label('story', name)).toEqual(['The service is up when all its pods are'])
    expect(label('suite', name)).toEqual(['03 Pods'])
    expect(label('subSuite', name)).toEqual([
      '03.01 The lake, ui, grafana and mysql pods are running and ready',
      '03.03 No pod is in CrashLoopBackOff or an error state',
    ])
    expect(label('section', name)).toEqual(['3'])
    expect(label('item', name)).toEqual(['3.1', '3.3'])
    expect(label('severity', name)).toEqual(['critical'])
    expect(label('severity', '13.1 The Jenkins connection exists and its test succeeds')).toEqual(['minor'])
  })

  it('name the reason, the cause and the remedy', () => {
    const { message } = named('Every pod of the service is running and ready').statusDetails
    expect(message).toMatch(/^Failed: The pod devlake-lake-0 is not ready/)
    expect(message).toContain('Remedy: kubectl --context fawkes-dev -n fawkes get service devlake-mysql')
    expect(named('0.2 At least 3 worker nodes are Ready').statusDetails.message).toContain('Waived by Priya Natarajan')
  })

  it('link the web addresses in waivers and attestations, and nothing else', () => {
    expect(named('19.1 A test deployment is triggered through ArgoCD').links).toMatchObject([
      { url: 'https://git.example.org/platform/pull/418' },
    ])
    const evidence = 'javascript:alert(1) file:///etc/passwd (see https://wiki.example.org/a?b=1#c).'
    const attestation = { item: '22.4', by: 'Jo', date: '2026-11-20', expires: '2027-05-20', evidence }
    const vouched = item({ id: '22.4', how: 'attested', status: 'attested', attestation })
    const [only] = readAllure(verdict({ items: [vouched] }), [])
    expect(only?.links.map(({ url }) => url)).toEqual(['https://wiki.example.org/a?b=1#c'])
  })

  it('keep steps with their states, times and evidence', () => {
    const { steps, start, stop } = named('Every pod of the service is running and ready')
    expect(steps.map(({ name, status }) => `${status}: ${name}`)).toEqual([
      'passed: Before the namespace can be read',
      'passed: Given the pods of the service',
      'failed: Then every pod is running and ready',
      'skipped: And no pod was restarted in the last hour',
    ])
    expect(stop - start).toBe(1840)
    const [evidence] = steps[1]?.attachments ?? []
    expect(evidence).toMatchObject({ name: 'GET pods in fawkes', type: 'application/json' })
    expect(readFileSync(join(directory, evidence?.source ?? ''), 'utf8')).toContain('devlake-lake-0')
  })

  it('name the platform', () => {
    const properties = readFileSync(join(directory, 'environment.properties'), 'utf8')
    expect(properties).toContain('Kubernetes=v1.35.4')
    expect(properties).toContain('Verdict=error')
    expect(properties).not.toContain('Environment=')
    expect(readdirSync(directory)).toContain('categories.json')
  })

  it('name the environment that the configuration names', () => {
    const other = temporaryDirectory()
    const { platform } = verdict()
    writeAllureResults(other, verdict({ platform: { ...platform, environment: 'production' } }), [])
    expect(readFileSync(join(other, 'environment.properties'), 'utf8')).toContain('Environment=production')
  })

  it('attach HTML and SVG as plain text, because they could run scripts', () => {
    const evidence = (mediaType: string) => ({
      name: 'answer',
      mediaType,
      body: '<script>alert(1)</script>',
      encoding: 'text' as const,
    })
    const run = scenarioRun({
      steps: [step({ evidence: [evidence('text/html'), evidence('image/svg+xml'), evidence('<x>')] })],
    })
    const attachments = readAllure(verdict(), [run]).flatMap((result) => result.steps.flatMap((one) => one.attachments))
    expect(attachments.map(({ type, source }) => [type, source.split('.').at(-1)])).toEqual(
      Array(3).fill(['text/plain', 'txt']),
    )
  })

  it('hold evidence that many scenarios read once', () => {
    const answer = (body: string) => ({
      name: 'GET pods',
      mediaType: 'application/json',
      body,
      encoding: 'text' as const,
    })
    const steps = [step({ evidence: [answer('[1]'), answer('[2]')] }), step({ evidence: [answer('[1]')] })]
    const other = temporaryDirectory()
    writeAllureResults(other, verdict(), [scenarioRun({ steps }), scenarioRun({ name: 'Another', steps })])
    const attached = allureResultsIn(other).flatMap((result) => result.steps.flatMap((one) => one.attachments))
    const bodies = attached.map(({ source }) => readFileSync(join(other, source), 'utf8'))
    expect(bodies).toEqual(['[1]', '[2]', '[1]', '[1]', '[2]', '[1]'])
    expect(readdirSync(other).filter((name) => name.includes('-attachment'))).toHaveLength(2)
  })
})

describe('the history id', () => {
  const idsOf = (...runs: ReturnType<typeof scenarioRun>[]) => {
    const items = [item({ scenarios: runs.map((run) => recordOf(run)) })]
    return new Set(readAllure(verdict({ items }), runs).map(({ historyId }) => historyId))
  }
  const table = (name: string, line: number) =>
    scenarioRun({ name: 'A table exists', line, steps: [step({ text: `the table ${name} exists` })] })

  it('stays the same when a scenario moves, fails or takes longer', () => {
    const before = idsOf(scenarioRun())
    expect(
      idsOf(
        scenarioRun({ line: 99, status: 'failed', reason: 'no', durationMs: 5, startedAt: '2027-01-01T00:00:00Z' }),
      ),
    ).toEqual(before)
  })

  it('distinguishes rows of a scenario outline by their values, whatever their lines', () => {
    const before = idsOf(table('commits', 10), table('incidents', 11))
    expect(before.size).toBe(2)
    expect(idsOf(table('incidents', 30), table('commits', 31))).toEqual(before)
  })

  it('differs by file, rule and name', () => {
    const ids = [
      scenarioRun(),
      scenarioRun({ uri: 'features/other.feature' }),
      scenarioRun({ rule: 'r' }),
      scenarioRun({ name: 'n' }),
    ]
    expect(new Set(ids.flatMap((run) => [...idsOf(run)])).size).toBe(4)
  })
})
