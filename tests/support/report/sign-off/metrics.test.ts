/** The four metrics on the page: the numbers of the record, and a trend whose numbers are those of the archive. */
import { describe, expect, it } from 'vitest'
import { loadChecklist } from '../../../../support/basis/checklist'
import { historyOf } from '../../../../support/record/archive'
import type { ItemState, Verdict, VerdictName } from '../../../../support/record/verdict'
import { renderSignOff } from '../../../../support/report/sign-off/page'
import { writeReports } from '../../../../support/report/write'
import { earlierRuns, measured, metricRecords, projectNumber } from '../../../fixtures/measured'
import { temporaryDirectory } from '../../../fixtures/reports'
import { item, judged, verdict } from '../../../fixtures/verdict'

const itemsOf = (status: (metric: string) => ItemState) =>
  loadChecklist().items.flatMap(({ id, metric }) => (metric ? [item({ id, status: status(metric) })] : []))

const proven = (rest: Partial<Verdict> = {}) =>
  verdict({ items: itemsOf(() => 'passed'), metrics: metricRecords(), ...rest })
const pageOf = (record: Verdict) => renderSignOff(record, [], 'nothing')
const textOf = (record: Verdict) =>
  pageOf(record)
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')

describe('a metric', () => {
  it('shows its value, level, samples, range, projects and the surfaces that agree', () => {
    expect(textOf(proven())).toContain(
      'Deployment frequency 2.87 a day high 86 successful deployments in the last 30 days, 2 projects 3 of 3 surfaces agree proven by',
    )
  })

  it('names the surfaces that differ or were not read, and links to the cause', () => {
    const surfaces = { agreeing: ['GraphQL'], differing: ['the panel'], unread: ['Prometheus'] }
    const numbers = measured('time to restore', { projects: [projectNumber('checkout', { surfaces })], of: 3 })
    const items = itemsOf((metric) => (metric === 'time to restore' ? 'failed' : 'passed'))
    const affected = items.filter(({ status }) => status === 'failed').map(({ id }) => id)
    const cause = {
      ...{ id: 'c1', summary: 'The panel shows 3 min.', object: 'panel', found: '3 min', remedy: [], symptoms: [] },
      ...{ facts: [], troubleshooting: null, items: affected },
    }
    const metrics = metricRecords({ 'time to restore': { status: 'failed', reason: 'x', measured: numbers } })
    const record = proven({ items, metrics, causes: [cause], verdict: 'rejected' })
    expect(textOf(record)).toContain('1 of 3 surfaces agree, 1 differs, 1 not read not proven:')
    expect(textOf(record)).toContain('1 of 3 agree: the panel differs, Prometheus was not read')
    expect(textOf(record)).toContain('1 of 3 projects')
    expect(pageOf(record)).toMatch(/class="proof">.*?<a href="#cause-c1">The panel shows 3 min\./s)
  })

  it.each<[ItemState, string]>([
    ['blocked', 'blocked'],
    ['not run', 'not compared'],
    ['error', 'not compared'],
  ])('without numbers says so: %s', (status, said) => {
    const metrics = metricRecords({ 'lead time': { status, measured: null } })
    const items = itemsOf((metric) => (metric === 'lead time for changes' ? status : 'passed'))
    expect(textOf(proven({ metrics, items, verdict: status === 'error' ? 'error' : 'blocked' }))).toContain(
      `Lead time for changes ${said} not proven:`,
    )
  })
})

describe('the strip of the last verdicts', () => {
  /** Ends runs with these names and verdicts, a minute after each other. @returns the page of the last one */
  function afterRuns(ended: readonly (readonly [run: string | undefined, verdict: VerdictName])[]) {
    const directory = temporaryDirectory()
    let last = proven()
    for (const [index, [run, name]] of ended.entries()) {
      const finishedAt = new Date(Date.parse('2026-10-01T02:20:00Z') + index * 60_000).toISOString()
      const history = historyOf(directory, last)
      last = proven({ finishedAt, verdict: name, history, ...(run === undefined ? {} : { run }) })
      writeReports(directory, judged(last, []))
    }
    return last
  }
  const frames = (page: string) =>
    [...page.matchAll(/<li class="attempts">(.*?)<\/li>/gs)].map(([, frame = '']) => frame)

  it('frames the attempts of one run, and counts runs and attempts', () => {
    const last = afterRuns([
      ['monday', 'accepted'],
      ['tuesday', 'blocked'],
      ['tuesday', 'accepted'],
      ['wednesday', 'blocked'],
      ['wednesday', 'blocked'],
    ])
    expect(textOf(last)).toContain('The last 3 runs in 5 attempts')
    expect(textOf(last)).toContain('this run is blocked in attempt 2. A frame holds the attempts of one run.')
    expect(textOf(last)).toContain('attempt 1 of 2: blocked, 1 October 2026 at 02:21 UTC.')
    expect(textOf(last)).toContain('attempt 2 of 2: accepted, 1 October 2026 at 02:22 UTC.')
    expect(frames(pageOf(last)).map((frame) => frame.split('<svg').length - 1)).toEqual([2, 2])
  })

  it('frames nothing where each run has its own name, or none', () => {
    const last = afterRuns([
      ['monday', 'blocked'],
      ['tuesday', 'blocked'],
      [undefined, 'blocked'],
      [undefined, 'accepted'],
      ['monday', 'accepted'],
    ])
    expect(textOf(last)).toContain('The last 5 runs blocked,')
    expect(textOf(last)).not.toMatch(/attempt \d|\d attempts|A frame/)
    expect(frames(pageOf(last))).toEqual([])
  })
})

describe('40 nights', () => {
  const verdicts: readonly VerdictName[] = ['accepted', 'rejected', 'blocked', 'partial', 'accepted']
  const value = (night: number) => 1 + night / 10

  it('leave an archive with a trend whose numbers are those of the records', () => {
    const directory = temporaryDirectory()
    let last = proven()
    for (let night = 0; night < 40; night++) {
      const finishedAt = new Date(Date.parse('2026-10-01T02:20:00Z') + night * 86_400_000).toISOString()
      const name = verdicts[night % verdicts.length] ?? 'accepted'
      const all = { value: value(night), shown: `${value(night)} a day`, level: 'high', samples: 30 }
      const numbers = name === 'blocked' ? null : measured('deployment frequency', { all })
      last = proven({
        finishedAt,
        verdict: name,
        history: historyOf(directory, last),
        metrics: metricRecords({ 'deployment frequency': { measured: numbers } }),
        items: [
          ...itemsOf(() => 'passed'),
          item({
            status:
              name === 'rejected'
                ? 'failed'
                : name === 'blocked'
                  ? 'blocked'
                  : name === 'partial'
                    ? 'not run'
                    : 'passed',
          }),
        ],
      })
      writeReports(directory, judged(last, []))
    }
    const runs = last.history?.runs ?? []
    const expected = Array.from({ length: 29 }, (_, index) => index + 10)
    expect(runs.map(({ verdict }) => verdict)).toEqual(expected.map((night) => verdicts[night % 5]))
    expect(runs.map(({ metrics }) => metrics['deployment frequency']?.all ?? null)).toEqual(
      expected.map((night) => (verdicts[night % 5] === 'blocked' ? null : value(night))),
    )
    const page = pageOf(last)
    expect(page).toContain('Trend over 30 runs: from 2 a day to 4.9 a day, between 2 a day and 4.9 a day')
    // A blocked night is a gap: the line is broken, and never drawn as 0.
    const [, drawn = ''] = /<svg class="trend"[^>]*>(.*?)<\/svg>/s.exec(page) ?? []
    expect(drawn.split('<polyline').length - 1).toBe(7)
    expect([...page.matchAll(/<li class="state-[^"]*"><svg/g)]).toHaveLength(30)
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
  })

  it('do not break the page of a project that they did not know, whatever its name', () => {
    const names = ['constructor', 'toString', '__proto__']
    const projects = names.map((name) => projectNumber(name))
    const metrics = metricRecords({
      'deployment frequency': { measured: measured('deployment frequency', { projects, of: 3 }) },
    })
    const metric = { all: 1, projects: { another: 1 } }
    const runs = earlierRuns(['accepted', 'accepted']).map((run) => ({
      ...run,
      metrics: { 'deployment frequency': metric },
    }))
    const page = renderSignOff(proven({ metrics, history: { runs, unreadable: [] } }), [], 'nothing', {
      evidence: false,
    })
    for (const name of names) expect(page).toContain(`<th scope="row">${name}</th>`)
    expect(page).not.toContain('NaN')
  })

  it('of 60 projects leave a page of less than 1 MB without its evidence', () => {
    const projects = Array.from({ length: 60 }, (_, index) => projectNumber(`project-${index}`))
    const numbers = { measured: measured('lead time', { projects, of: 60 }) }
    const metrics = metricRecords({ 'deployment frequency': numbers, 'lead time': numbers, 'time to restore': numbers })
    const history = {
      runs: earlierRuns(Array(29).fill('accepted')),
      unreadable: ['The archived record x cannot be read.'],
    }
    const page = renderSignOff(proven({ metrics, history }), [], 'nothing', { evidence: false })
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
    expect(page).toContain('The archived record x cannot be read.')
  })
})
