import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ReportsNotWritten } from '../../../support/report/writable'
import { writeReports } from '../../../support/report/write'
import { platformWithFaults } from '../../fixtures/platform-with-faults'
import { allureResultsIn, temporaryDirectory } from '../../fixtures/reports'
import { item, judged, verdict } from '../../fixtures/verdict'

const { verdict: record, runs } = platformWithFaults()
const message = {
  meta: {
    protocolVersion: '1',
    implementation: { name: 'x' },
    runtime: { name: 'x' },
    os: { name: 'x' },
    cpu: { name: 'x' },
  },
}
const reports = [
  'allure-history.json',
  'allure-results',
  'archive',
  'junit.xml',
  'messages.ndjson',
  'run.json',
  'sign-off.html',
  'verdict.json',
]

describe('writing the reports', () => {
  it('writes each of them and nothing else, into a directory that it creates', () => {
    const directory = join(temporaryDirectory(), 'new', 'reports')
    writeReports(directory, judged(record, runs, [message, message]))
    expect(readdirSync(directory).sort()).toEqual(reports)
    expect(JSON.parse(readFileSync(join(directory, 'verdict.json'), 'utf8'))).toEqual(record)
    const lines = readFileSync(join(directory, 'messages.ndjson'), 'utf8').split('\n')
    expect(lines.map((line) => (line === '' ? null : JSON.parse(line)))).toEqual([message, message, null])
  })

  it('replaces those of an earlier run, and removes its Allure results', () => {
    const directory = temporaryDirectory()
    writeReports(directory, judged(record, runs))
    writeReports(directory, judged(verdict({ items: [item()] }), []))
    expect(readdirSync(directory).sort()).toEqual(reports)
    expect(allureResultsIn(join(directory, 'allure-results'))).toHaveLength(1)
    expect(readFileSync(join(directory, 'sign-off.html'), 'utf8')).toContain('Accepted')
  })

  it('names the file in the way and the remedy, and leaves no partial report', () => {
    const directory = join(temporaryDirectory(), 'reports')
    writeFileSync(directory, 'a file')
    expect(() => writeReports(directory, judged(record, runs))).toThrow(ReportsNotWritten)
    expect(() => writeReports(directory, judged(record, runs))).toThrow(
      `The reports could not be written to ${directory}: expected a directory, but found a file at ${directory} (EEXIST). Move the file and run again.`,
    )
  })

  it('names the file where a folder above is one', () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, 'a file')
    expect(() => writeReports(join(file, 'reports'), judged(record, runs))).toThrow(
      `/reports: expected a directory, but found a file at ${file} (ENOTDIR). Move the file and run again.`,
    )
  })

  it('names a directory in the place of a report', () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'sign-off.html'))
    expect(() => writeReports(directory, judged(record, runs))).toThrow(
      `found a directory at ${join(directory, 'sign-off.html')} (EISDIR). Move the directory and run again.`,
    )
  })

  it('keeps the old report if the new one cannot replace it', () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'verdict.json', 'in-the-way'), { recursive: true })
    expect(() => writeReports(directory, judged(record, runs))).toThrow(ReportsNotWritten)
    expect(existsSync(join(directory, 'verdict.json', 'in-the-way'))).toBe(true)
    expect(readdirSync(directory).filter((name) => name.endsWith('.new'))).toEqual([])
  })
})
