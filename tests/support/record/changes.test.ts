/** The comparison with the last run, and the cases in which there is none. */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { entriesIn, fileOf } from '../../../support/record/archive'
import { changesBetween } from '../../../support/record/changes'
import { withDigest } from '../../../support/record/digest'
import { changesSinceLast } from '../../../support/record/previous'
import { fingerprintOf } from '../../../support/record/signature'
import type { Cause, ItemState, Verdict } from '../../../support/record/verdict'
import { removeReports } from '../../../support/report/earlier-reports'
import { writeReports } from '../../../support/report/write'
import { signOffOf, temporaryDirectory } from '../../fixtures/reports'
import { lakeNotReady, noSecretAccess } from '../../fixtures/scenarios-with-faults'
import { item, judged, verdict } from '../../fixtures/verdict'

const recordOf = (
  states: Readonly<Record<string, ItemState>>,
  causes: readonly Cause[] = [],
  rest: Partial<Verdict> = {},
) => verdict({ ...rest, causes, items: Object.entries(states).map(([id, status]) => item({ id, status })) })

describe('two records of one platform', () => {
  it('are compared item by item and cause by cause', () => {
    const last = recordOf({ '0.11': 'passed', '0.12': 'passed', '3.1': 'failed', '3.2': 'blocked', '4.1': 'passed' }, [
      lakeNotReady,
    ])
    const now = recordOf({ '0.11': 'failed', '0.12': 'waived', '3.1': 'passed', '3.2': 'failed', '4.1': 'passed' }, [
      noSecretAccess,
    ])
    expect(changesBetween(last, now)).toMatchObject({
      newlyFailed: [{ id: '0.11', before: 'passed', now: 'failed' }],
      mended: [{ id: '3.1', before: 'failed', now: 'passed' }],
      noLongerChecked: [],
      otherwise: [
        { id: '0.12', before: 'passed', now: 'waived' },
        { id: '3.2', before: 'blocked', now: 'failed' },
      ],
      newCauses: [{ id: noSecretAccess.id }],
      goneCauses: [{ id: lakeNotReady.id }],
      uncompared: 0,
    })
  })

  it('are compared only where the last run checked an item', () => {
    const last = recordOf({ '0.11': 'not run', '3.1': 'failed' }, [lakeNotReady])
    const now = recordOf({ '0.11': 'failed', '3.1': 'not run', '5.1': 'failed' }, [noSecretAccess])
    expect(changesBetween(last, now)).toMatchObject({
      newlyFailed: [],
      mended: [],
      noLongerChecked: [{ id: '3.1', before: 'failed', now: 'not run' }],
      newCauses: [],
      goneCauses: [],
      uncompared: 2,
    })
  })

  it('leave out the items that a filter or a shard did not select', () => {
    const last = recordOf({ '3.1': 'passed', '3.2': 'passed' })
    const scope = { ...last.scope, filter: '@checklist:3.1' }
    const now = recordOf({ '3.1': 'failed', '3.2': 'not run' }, [], { scope })
    expect(changesBetween(last, now)).toMatchObject({
      newlyFailed: [{ id: '3.1' }],
      noLongerChecked: [],
      uncompared: 1,
    })
  })

  it.each<ItemState>(['blocked', 'error', 'not run'])(
    'call an item that is %s now no longer checked, and its cause not resolved',
    (status) => {
      const last = recordOf({ '0.11': 'passed', '3.1': 'failed' }, [{ ...lakeNotReady, items: ['3.1'] }])
      const changes = changesBetween(last, recordOf({ '0.11': status, '3.1': status }))
      expect(changes).toMatchObject({
        newlyFailed: [],
        mended: [],
        noLongerChecked: [{ id: '0.11' }, { id: '3.1' }],
        goneCauses: [],
      })
    },
  )

  it('call an item mended only if it did not hold before, and newly failed only if it did', () => {
    const last = recordOf({ '0.11': 'waived', '3.1': 'blocked', '3.2': 'blocked', '4.1': 'failed' })
    const now = recordOf({ '0.11': 'passed', '3.1': 'passed', '3.2': 'failed', '4.1': 'failed' })
    expect(changesBetween(last, now)).toMatchObject({
      newlyFailed: [],
      mended: [{ id: '3.1' }],
      otherwise: [{ id: '0.11' }, { id: '3.2' }],
    })
  })
})

describe('records that cannot be compared', () => {
  const now = recordOf({ '3.1': 'failed' })
  it.each([
    [
      'another platform',
      { platform: { ...now.platform, server: 'https://10.0.0.1:6443' } },
      'another platform (https://10.0.0.1:6443)',
    ],
    ['an unknown platform', { platform: { ...now.platform, server: null } }, 'another platform (unknown)'],
    ['another namespace', { platform: { ...now.platform, namespace: 'dora' } }, 'another namespace (dora)'],
    ['another contract', { scope: { ...now.scope, contract: 'devlake' } }, 'another contract (devlake)'],
    ['another checklist', { suite: { ...now.suite, checklistSha256: 'd'.repeat(64) } }, 'another checklist'],
  ] satisfies [string, Partial<Verdict>, string][])('because of %s say so', (_, rest, said) => {
    const sentence = changesBetween(recordOf({ '3.1': 'passed' }, [], rest), now)
    expect(sentence).toContain(said)
    expect(sentence).toMatch(/so the two runs are not compared\.$/)
  })

  it('include two records of the same run, merged twice', () => {
    expect(changesBetween(now, now)).toBe('The previous record in this directory is from this same run.')
  })
})

describe('the record of the last run', () => {
  let directory: string
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  const page = () => signOffOf(readFileSync(join(directory, 'sign-off.html'), 'utf8')).page.replace(/\s+/g, ' ')
  const run = async (record: Verdict) => {
    await removeReports(directory)
    writeReports(directory, judged(record, []))
  }

  it('is set aside when the next run begins, and compared on its page', async () => {
    await run(recordOf({ '3.1': 'passed' }))
    expect(page()).toContain('There is no record of an earlier conclusive run to compare with.')
    await removeReports(directory)
    expect(existsSync(join(directory, 'verdict.json'))).toBe(false)
    writeReports(directory, judged(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }), []))
    expect(page()).toContain('<b>1</b> newly failed: <a href="#item-3.1">3.1</a>')
    expect(page()).toContain('Last conclusive run: accepted, 23 November 2026')
  })

  const inconclusive: [string, Verdict][] = [
    ['checked nothing', recordOf({ '3.1': 'blocked', '3.2': 'blocked' }, [], { verdict: 'blocked' })],
    ['broke', recordOf({ '3.1': 'passed' }, [], { verdict: 'error', problems: ['A hook failed.'] })],
    [
      'was filtered',
      recordOf({ '3.1': 'passed', '3.2': 'not run' }, [], {
        verdict: 'partial',
        scope: { contract: 'fawkes', writes: false, filter: '@checklist:3.1', shard: null },
      }),
    ],
  ]
  it.each(inconclusive)('is that of the last conclusive run: not of one that %s', async (_, between) => {
    await run(recordOf({ '3.1': 'passed', '3.2': 'failed' }, [], { verdict: 'rejected' }))
    await run(between)
    await run(recordOf({ '3.1': 'failed', '3.2': 'passed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('<b>1</b> newly failed: <a href="#item-3.1">3.1</a>')
    expect(page()).toContain('<b>1</b> mended: <a href="#item-3.2">3.2</a>')
    expect(page()).toContain('Last conclusive run: rejected')
  })

  it.each(inconclusive)('is not compared if the only earlier one %s', async (_, first) => {
    await run(first)
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('There is no record of an earlier conclusive run to compare with.')
    expect(page()).not.toContain('newly failed')
  })

  it('is that of the same platform, whichever others were judged since', async () => {
    const { platform } = recordOf({})
    await run(recordOf({ '3.1': 'passed' }))
    await run(recordOf({ '3.1': 'passed' }, [], { platform: { ...platform, server: 'https://staging:6443' } }))
    await run(recordOf({ '3.1': 'passed' }, [], { platform: { ...platform, namespace: 'dora' } }))
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('<b>1</b> newly failed: <a href="#item-3.1">3.1</a>')
  })

  it('is not compared if it was changed, though those of other platforms were not', async () => {
    const { platform } = recordOf({})
    await run(recordOf({ '3.1': 'passed' }))
    editArchive((text) => text.replace('"accepted"', '"rejected"'))
    await run(recordOf({ '3.1': 'passed' }, [], { platform: { ...platform, namespace: 'dora' } }))
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('was changed after it was written, so the two runs are not compared.')
  })

  it('keeps its signature, so that it is trusted', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const { digest: _, digests: __, ...content } = recordOf({ '3.1': 'passed' })
    writeReports(directory, judged(withDigest({ ...content, signedBy: fingerprintOf(privateKey) }), []), privateKey)
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('newly failed')
  })

  it('is kept if the next run leaves no record', async () => {
    await run(recordOf({ '3.1': 'passed' }))
    await removeReports(directory)
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('newly failed')
  })

  const editArchive = (edit: (text: string) => string) => {
    const [entry = ''] = entriesIn(directory)
    const file = fileOf(directory, entry)
    writeFileSync(file, edit(readFileSync(file, 'utf8')))
  }

  it('is not trusted if it was changed', async () => {
    await run(recordOf({ '3.1': 'passed' }))
    editArchive((text) => text.replace('"accepted"', '"rejected"'))
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('was changed after it was written, so the two runs are not compared.')
    expect(page()).not.toContain('newly failed')
  })

  it.each([
    ['was changed', (text: string) => text.replace('"rejected"', '"accepted"')],
    ['is truncated', (text: string) => text.slice(0, 100)],
  ])('is passed over if it %s, and the one before it counts', async (_, edit) => {
    await run(recordOf({ '3.1': 'passed' }))
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    editArchive(edit)
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('<b>1</b> newly failed')
  })

  it('stays as it was archived if somebody edits or truncates the reports', async () => {
    await run(recordOf({ '3.1': 'passed' }))
    writeFileSync(join(directory, 'verdict.json'), '{')
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    expect(page()).toContain('<b>1</b> newly failed')
  })

  it('affects neither the new record nor its digest, because shards are judged again without it', async () => {
    const record = recordOf({ '3.1': 'passed' })
    await run(recordOf({ '3.1': 'failed' }, [], { verdict: 'rejected' }))
    await run(record)
    expect(JSON.parse(readFileSync(join(directory, 'verdict.json'), 'utf8'))).toEqual(record)
    expect(changesSinceLast(directory, record)).toMatchObject({ mended: [{ id: '3.1' }] })
  })
})
