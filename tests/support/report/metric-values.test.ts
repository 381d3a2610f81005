/** The values of the metrics in words: every report shows a duration in the same readable unit, and the record has the exact one. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { WriteStream } from 'node:tty'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summaryOf } from '../../../support/report/github'
import { noticeOf } from '../../../support/report/notice'
import { Progress } from '../../../support/report/progress'
import { renderSignOff } from '../../../support/report/sign-off/page'
import { metricLines, minutesInWords, valueInWords } from '../../../support/report/wording/wording'
import { writeReports } from '../../../support/report/write'
import { earlierRuns, measured, metricRecords, projectNumber } from '../../fixtures/measured'
import { temporaryDirectory } from '../../fixtures/reports'
import { judged, verdict } from '../../fixtures/verdict'

const unit = { s: 1 / 60, min: 1, h: 60, d: 1440 } as const
const isUnit = (name: string): name is keyof typeof unit => name in unit

describe('minutes in words', () => {
  it.each([
    [1018.99, '17.0 h'],
    [0, '0 min'],
    [0.25, '15.0 s'],
    [42.24, '42.2 min'],
    [59.99, '59.9 min'],
    [60, '1.0 h'],
    [1439.9, '23.9 h'],
    [1440, '1.0 d'],
    [100_000, '69.4 d'],
    [-90, '-1.5 h'],
  ])('%d are %s', (minutes, words) => {
    expect(minutesInWords(minutes)).toBe(words)
  })

  it('are within a tenth of their unit, and never reach the next unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1 / 60, max: 1e6, noNaN: true }), (minutes) => {
        const [number = '', name = ''] = minutesInWords(minutes).split(' ')
        if (!isUnit(name)) expect.unreachable(`no unit: ${name}`)
        expect(Math.abs(Number(number) * unit[name] - minutes)).toBeLessThanOrEqual(unit[name] / 10 + 1e-6)
        expect(Number(number)).toBeGreaterThanOrEqual(1)
        if (name !== 'd') expect(Number(number)).toBeLessThan(name === 'h' ? 24 : 60)
      }),
    )
  })
})

describe('a value that is no duration', () => {
  it.each([
    ['deployment frequency', 1018.99, '1018.99 a day'],
    ['change failure rate', 12.34, '12.34 %'],
    ['lead time', null, 'no data'],
  ] as const)('stays as it is: %s', (metric, value, shown) => {
    expect(valueInWords(metric, { value, shown, level: null, samples: 0 })).toBe(shown)
  })
})

describe('a lead time of 1018.99 minutes', () => {
  const exact = { value: 1018.9912, shown: '1018.99 min' }
  const projects = [projectNumber('checkout', exact)]
  const numbers = measured('lead time', { projects, all: { ...exact, level: 'high', samples: 86 } })
  const metrics = metricRecords({ 'lead time': { measured: numbers } })
  const record = verdict({ metrics, history: { runs: earlierRuns(Array(5).fill('accepted')), unreadable: [] } })
  const line = 'Lead time for changes: 17.0 h (high), 86 changes in the last 30 days, proven'

  it('is 17.0 h in the terminal, in the summary of the job and in a chat', async () => {
    expect(metricLines(record)).toContain(line)
    const terminal = new PassThrough()
    new Progress(terminal as unknown as WriteStream, { CI: 'true' }, 'verdict').verdict(record, [])
    terminal.end()
    expect(await text(terminal)).toContain(line)
    expect(summaryOf(record).replaceAll('\\', '')).toContain(line)
    const reports = temporaryDirectory()
    writeReports(reports, judged(record, []))
    expect(noticeOf(reports).text).toContain(line)
  })

  it('is 17.0 h on the page, which has the exact value on demand', () => {
    const page = renderSignOff(record, [], 'nothing')
    expect(page).toContain('<p class="value"><b title="exactly 1018.99 min">17.0 h</b>')
    expect(page).toContain('Exact value: 1018.99 min.')
    expect(page).toMatch(
      /<td><b title="exactly 1018.99 min">17.0 h<\/b>.*\s*<span class="quiet">1018.99 min, 43 changes/,
    )
    expect(page).toMatch(/aria-label="Trend over 6 runs: from [\d.]+ h to 17.0 h,/)
  })
})
