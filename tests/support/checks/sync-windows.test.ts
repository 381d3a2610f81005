import { describe, expect, it } from 'vitest'
import { forbidding } from '../../../support/checks/sync-windows'
import type { SyncWindow } from '../../../support/platform/app-project'

const window = (given: Partial<SyncWindow> = {}): SyncWindow => ({
  kind: 'deny',
  schedule: '0 22 * * *',
  duration: '8h',
  timeZone: '',
  applications: ['*'],
  namespaces: [],
  clusters: [],
  manualSync: false,
  andOperator: false,
  ...given,
})

const application = {
  metadata: { name: 'devlake' },
  spec: { destination: { server: 'https://kubernetes.default.svc', namespace: 'fawkes' } },
}

// A Monday.
const at = (time: string) => new Date(`2026-11-30T${time}Z`)
const isForbidden = (windows: readonly SyncWindow[], time = '23:00', starter: 'ArgoCD' | 'hand' = 'ArgoCD') =>
  forbidding(windows, application, at(time), starter).length > 0

describe('the time of a sync window', () => {
  it.each<[string, string, Partial<SyncWindow>, boolean]>([
    ['before it opens', '21:59:59', {}, false],
    ['after it opens', '22:00:01', {}, true],
    ['after midnight', '05:59:59', {}, true],
    ['after it closes', '06:00:01', {}, false],
    ['in another time zone', '21:30', { timeZone: 'Europe/Berlin' }, true],
    ['in an unknown time zone, which counts as UTC', '21:30', { timeZone: 'Europe/Atlantis' }, false],
    ['on another day of the week', '23:00', { schedule: '0 22 * * TUE-FRI' }, false],
    ['on the day of the week', '23:00', { schedule: '0 22 * * mon' }, true],
    ['on a day of the month or of the week', '23:00', { schedule: '0 22 1 * 1' }, true],
    ['with a step and a list', '22:50', { schedule: '15,45 */2 * * ?', duration: '10m' }, true],
    ['for longer than its interval', '12:00', { schedule: '* * * * *', duration: '1h30m' }, true],
    ['with a malformed schedule, with which ArgoCD syncs nothing', '12:00', { schedule: 'at night' }, true],
    ['with seconds, which ArgoCD does not know', '12:00', { schedule: '0 0 22 * * *' }, true],
    ['with a malformed duration', '12:00', { duration: 'long' }, true],
  ])('%s', (_, time, given, forbidden) => {
    expect(isForbidden([window(given)], time)).toBe(forbidden)
  })
})

describe('the Applications of a sync window', () => {
  it.each<[string, Partial<SyncWindow>, boolean]>([
    ['by name', { applications: ['devlake'] }, true],
    ['by the begin of the name', { applications: ['dev*'] }, true],
    ['by alternatives', { applications: ['{shop,devlake}'] }, true],
    ['by single characters', { applications: ['dev[a-m]?k[!a]'] }, true],
    ['not by a part of the name', { applications: ['dev'] }, false],
    ['not by a dot as any character', { applications: ['dev.ake'] }, false],
    ['not by a malformed pattern', { applications: ['dev[lake'] }, false],
    ['by namespace', { applications: [], namespaces: ['faw*'] }, true],
    ['by any of the lists', { applications: ['shop'], namespaces: ['fawkes'] }, true],
    ['by all of the lists', { applications: ['devlake'], namespaces: ['shop'], andOperator: true }, false],
    ['by cluster', { applications: [], clusters: ['https://kubernetes.*'] }, true],
    ['not by the name of a cluster that has none', { applications: [], clusters: ['in-cluster'] }, false],
    ['by nothing', { applications: [] }, false],
    ['by nothing, all of it', { applications: [], andOperator: true }, false],
  ])('%s', (_, given, forbidden) => {
    expect(isForbidden([window(given)])).toBe(forbidden)
  })
})

describe('several sync windows', () => {
  const allow = window({ kind: 'allow' })
  it.each<[string, readonly SyncWindow[], string, boolean]>([
    ['none', [], '23:00', false],
    ['an open one that allows', [allow], '23:00', false],
    ['a closed one that allows', [allow], '12:00', true],
    ['a closed one that denies', [window()], '12:00', false],
    ['an open one that denies beside one that allows', [allow, window()], '23:00', true],
    [
      'an open one that allows beside a closed one',
      [allow, window({ kind: 'allow', schedule: '0 3 * * *' })],
      '23:00',
      false,
    ],
  ])('%s', (_, windows, time, forbidden) => {
    expect(isForbidden(windows, time)).toBe(forbidden)
  })

  it('forbid a sync by hand unless each of them allows it', () => {
    const byHand = window({ manualSync: true })
    expect(isForbidden([byHand], '23:00', 'hand')).toBe(false)
    expect(isForbidden([byHand], '23:00', 'ArgoCD')).toBe(true)
    expect(isForbidden([byHand, window()], '23:00', 'hand')).toBe(true)
    expect(isForbidden([window({ kind: 'allow', manualSync: true })], '12:00', 'hand')).toBe(false)
  })
})
