/** The archive of a reports directory: what it keeps, for how long, and the history that is read from it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { archiveIn, entriesIn, fileOf, historyOf, type Retention } from '../../../support/record/archive'
import { lastConclusive } from '../../../support/record/previous'
import type { Verdict } from '../../../support/record/verdict'
import { removeReports } from '../../../support/report/earlier-reports'
import { writeReports } from '../../../support/report/write'
import { measured, metricRecords } from '../../fixtures/measured'
import { temporaryDirectory } from '../../fixtures/reports'
import { item, judged, recordOf, scenarioRun, step, verdict } from '../../fixtures/verdict'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

const day = 86_400_000
const first = Date.parse('2026-10-01T02:20:00.000Z')
/** The record of the night with this number. */
const night = (number: number, rest: Partial<Verdict> = {}) => {
  const finishedAt = new Date(first + number * day).toISOString()
  const all = { value: number + 0.25, shown: `${number}.25 a day`, level: 'elite', samples: number }
  const numbers = measured('deployment frequency', { all })
  const metrics = metricRecords({ 'deployment frequency': { measured: numbers } })
  return verdict({ finishedAt, metrics, ...rest })
}

/** Ends a run with this record, as the commands do. */
async function run(record: Verdict, retention?: Retention): Promise<string[]> {
  await removeReports(directory)
  return writeReports(directory, judged(record, []), undefined, retention)
}

const history = () => historyOf(directory, night(0))

describe('the archive', () => {
  it('keeps the record, the page and the JUnit file of each run under its time', async () => {
    const evidence = [{ name: 'A log', mediaType: 'text/plain', body: 'the evidence', encoding: 'text' as const }]
    const shown = scenarioRun({ steps: [step({ evidence })] })
    const record = verdict({ items: [item({ scenarios: [recordOf(shown)] })] })
    writeReports(directory, judged(record, [shown]))
    expect(entriesIn(directory)).toEqual(['2026-11-23T18-01-12.000Z'])
    const entry = join(archiveIn(directory), '2026-11-23T18-01-12.000Z')
    expect(readdirSync(entry).sort()).toEqual(['allure-history.json', 'junit.xml', 'sign-off.html', 'verdict.json'])
    expect(JSON.parse(readFileSync(join(entry, 'verdict.json'), 'utf8'))).toEqual(record)
    const page = readFileSync(join(entry, 'sign-off.html'), 'utf8')
    expect(page).toContain('This copy has no evidence.')
    expect(page).not.toContain('the evidence</pre>')
    expect(readFileSync(join(directory, 'sign-off.html'), 'utf8')).toContain('the evidence')
  })

  it('replaces no entry, even if two runs ended at the same time', async () => {
    await run(night(0))
    await run(night(0, { verdict: 'rejected', items: [item({ status: 'failed' })] }))
    const verdicts = entriesIn(directory).map((entry) => JSON.parse(readFileSync(fileOf(directory, entry), 'utf8')))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['rejected', 'accepted'])
  })

  it('does not hold a shard, which is a part of a run', async () => {
    await run(night(0, { scope: { contract: 'fawkes', writes: false, filter: null, shard: '1/2' } }))
    expect(existsSync(archiveIn(directory))).toBe(false)
  })

  it('gets the record that a run left before there was an archive', async () => {
    await run(night(0))
    rmSync(archiveIn(directory), { recursive: true })
    await removeReports(directory)
    expect(lastConclusive(directory)).toMatchObject({ finishedAt: '2026-10-01T02:20:00.000Z' })
  })

  it('compares a second attempt with the run before, not with the first attempt', async () => {
    await run(night(0, { run: 'monday' }))
    await run(night(1, { run: 'tuesday' }))
    expect(lastConclusive(directory, { run: 'tuesday' })).toMatchObject({ finishedAt: '2026-10-01T02:20:00.000Z' })
    expect(lastConclusive(directory, { run: 'wednesday' })).toMatchObject({ finishedAt: '2026-10-02T02:20:00.000Z' })
    expect(lastConclusive(directory, { run: null })).toMatchObject({ finishedAt: '2026-10-02T02:20:00.000Z' })
  })

  it('keeps the newest runs, up to its limits of number and age', async () => {
    for (let number = 0; number < 5; number++) await run(night(number), { runs: 3, days: 400 })
    expect(entriesIn(directory)).toEqual(['05', '04', '03'].map((date) => `2026-10-${date}T02-20-00.000Z`))
    await run(night(9), { runs: 3, days: 5 })
    expect(entriesIn(directory)).toEqual(['2026-10-10T02-20-00.000Z', '2026-10-05T02-20-00.000Z'])
  })

  it('keeps the last conclusive run and the last one that held, however old they are', async () => {
    const nothing = { verdict: 'blocked' as const, items: [item({ status: 'blocked' })] }
    await run(night(0))
    await run(night(1, { verdict: 'rejected', items: [item({ status: 'failed' })] }))
    for (let number = 2; number < 8; number++) await run(night(number, nothing), { runs: 2, days: 2 })
    expect(entriesIn(directory).map((name) => name.slice(0, 10))).toEqual([
      '2026-10-08',
      '2026-10-07',
      '2026-10-02',
      '2026-10-01',
    ])
    expect(lastConclusive(directory)).toMatchObject({ verdict: 'rejected' })
  })

  it('warns if it cannot be written, and the reports are there', async () => {
    writeFileSync(archiveIn(directory), 'a file in the way')
    expect(await run(night(0))).toEqual([expect.stringMatching(/^The archive was not written: .*\(E\w+\)/)])
    expect(existsSync(join(directory, 'verdict.json'))).toBe(true)
  })
})

describe('the history', () => {
  it('has the verdicts and the values of the last runs, oldest first', async () => {
    for (let number = 0; number < 40; number++) await run(night(number))
    const { runs, unreadable } = history()
    expect(unreadable).toEqual([])
    expect(runs.map(({ metrics }) => metrics['deployment frequency']?.all)).toEqual(
      Array.from({ length: 29 }, (_, index) => index + 11.25),
    )
    expect(runs[0]?.metrics['lead time for changes']?.projects).toEqual({ checkout: 135.5, payments: 135.5 })
  })

  it('has runs without numbers, and no run of a part of the checklist or of another platform', async () => {
    await run(night(0, { metrics: metricRecords({ 'lead time': { status: 'blocked', measured: null } }) }))
    await run(night(1, { scope: { ...night(1).scope, filter: '@section:3' } }))
    await run(night(2, { platform: { ...night(2).platform, namespace: 'other' } }))
    await run(night(3, { platform: { ...night(3).platform, server: 'https://other:6443' } }))
    await run(night(4, { platform: { ...night(4).platform, server: null }, verdict: 'blocked', metrics: [] }))
    const { runs } = history()
    expect(runs.map(({ finishedAt }) => finishedAt.slice(8, 10))).toEqual(['01', '05'])
    expect(Object.keys(runs[0]?.metrics ?? {})).toEqual([
      'deployment frequency',
      'change failure rate',
      'time to restore',
    ])
  })

  it.each([
    ['is truncated', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 200)), 'cannot be read'],
    ['is missing', (file: string) => rmSync(file), 'cannot be read'],
    [
      'is a directory',
      (file: string) => {
        rmSync(file)
        mkdirSync(file)
      },
      'cannot be read',
    ],
    ['is something else', (file: string) => writeFileSync(file, '[1]'), 'is not a record of this suite'],
    [
      'was edited',
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replaceAll('1.25', '9.25')),
      'was changed after it was written',
    ],
  ])('names an entry whose record %s, and passes it over', async (_, spoil, said) => {
    for (const number of [0, 1, 2]) await run(night(number))
    spoil(fileOf(directory, '2026-10-02T02-20-00.000Z'))
    const { runs, unreadable } = history()
    expect(runs.map(({ finishedAt }) => finishedAt.slice(8, 10))).toEqual(['01', '03'])
    expect(unreadable).toEqual([expect.stringContaining(`2026-10-02T02-20-00.000Z ${said}`)])
    expect(lastConclusive(directory)).toMatchObject({ finishedAt: '2026-10-03T02:20:00.000Z' })
  })
})
