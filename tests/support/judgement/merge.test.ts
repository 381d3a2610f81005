/** Shards, run by the real Cucumber and written like any run, merge into one record that is never greener. */
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { OwnChecks } from '../../../support/basis/own-checks'
import { contradictionsIn } from '../../../support/judgement/consistency'
import { type JudgedRun, judge } from '../../../support/judgement/judge'
import { mergeShards } from '../../../support/judgement/merge'
import { requiredScenarios } from '../../../support/judgement/required'
import { NoShard, readShard, type Shard } from '../../../support/judgement/shard'
import { signedShards } from '../../../support/judgement/shard-signatures'
import { withDigest } from '../../../support/record/digest'
import { problemsOfRun } from '../../../support/record/messages'
import type { RunFacts } from '../../../support/record/run-facts'
import { fingerprintOf } from '../../../support/record/signature'
import { type ScenarioStatus, type Verdict, verdictNames } from '../../../support/record/verdict'
import { writeReports } from '../../../support/report/write'
import { root as fixtures, run } from '../../fixtures/cucumber/judge'
import { root } from '../../fixtures/features'
import { attestation, checklist, finding, proven, ran, scenario, waiver } from '../../fixtures/ledger-input'
import { allureResultsIn, readJunit, readSignOff, temporaryDirectory } from '../../fixtures/reports'
import { verdict as accepted } from '../../fixtures/verdict'
import { withoutTimes } from '../../fixtures/without-times'

const support = [
  ...['world.ts', 'hooks.ts'].map((file) => join(root, 'support', 'glue', file)),
  join(fixtures, 'steps/expectations.ts'),
]
const total = 4
const folders = ['sound', 'broken'] as const
type Folder = (typeof folders)[number]
type Change = Partial<RunFacts>

/** Runs and judges the scenarios of a folder, completely or as one shard. */
async function runOf(folder: Folder, shard: string | null): Promise<JudgedRun> {
  const startedAt = new Date().toISOString()
  const path = `shards/${folder}`
  const record = await run({ folder: path, support, ...(shard ? { shard } : {}) })
  const { platform, suite } = accepted()
  const facts: RunFacts = {
    scope: { contract: 'fawkes', writes: true, filter: null, shard },
    run: null,
    startedAt,
    finishedAt: new Date().toISOString(),
    platform,
    suite,
    required: requiredScenarios(fixtures, path).map(({ pickle: _, ...required }) => required),
    notApplicable: {},
    waivers: folder === 'broken' ? [waiver('0.10', '2099-12-31')] : [],
    attestations: [attestation('22.1', '2099-12-31')],
    problems: problemsOfRun(record.messages),
    halted: null,
    interrupted: false,
    collected: null,
    leftBehind: [],
    collections: [],
  }
  return judgedAs(facts, record.runs(), record.messages)
}

const judgedAs = (facts: RunFacts, runs: JudgedRun['runs'], messages: JudgedRun['messages']): JudgedRun => ({
  verdict: judge(checklist, facts, runs),
  facts,
  runs,
  messages,
})

/** A shard with changed facts and the record that follows from them. */
const changed = (shard: Shard, change: Change | ((facts: RunFacts) => Change)): Shard => {
  const facts = { ...shard.facts, ...(typeof change === 'function' ? change(shard.facts) : change) }
  return { ...judgedAs(facts, shard.runs, shard.messages), directory: shard.directory }
}

const shards: Record<Folder, Shard[]> = { sound: [], broken: [] }
const whole: Partial<Record<Folder, JudgedRun>> = {}

beforeAll(async () => {
  process.env.KUBECONFIG = join(fixtures, 'kubeconfig.yaml')
  delete process.env.ACCEPTANCE_CONFIG
  for (const folder of folders) {
    whole[folder] = await runOf(folder, null)
    for (let number = 1; number <= total; number++) {
      const directory = join(temporaryDirectory(), `${number}`)
      writeReports(directory, await runOf(folder, `${number}/${total}`))
      shards[folder].push(readShard(directory))
    }
  }
}, 240_000)

function merge(given: readonly Shard[], unreadable: readonly string[] = []): JudgedRun {
  const [first, ...others] = given
  if (!first) return expect.unreachable('There are no shards.')
  return mergeShards(checklist, [first, ...others], unreadable)
}
const withOne = (index: number, change: (shard: Shard) => Shard) =>
  shards.sound.map((shard, at) => (at === index ? change(shard) : shard))

const ownChecks = (sha256: string): OwnChecks => ({
  sections: [{ id: '100', title: 'Rules of the payments team' }],
  items: [
    { id: '100.1', section: '100', how: 'automated', text: 'Every pod names its team' },
    { id: '100.2', section: '100', how: 'attested', text: 'The team has read the runbook' },
  ],
  sha256,
})

describe("shards with a team's own checks", () => {
  it('yield a record that holds them, in which an own item needs its proof like any other', () => {
    const attestations = [attestation('22.1', '2099-12-31'), attestation('100.2', '2099-12-31')]
    const { verdict } = merge(shards.sound.map((shard) => changed(shard, { ownChecks: ownChecks('a'), attestations })))
    expect(verdict.ownChecks?.sections).toEqual([{ id: '100', title: 'Rules of the payments team' }])
    expect(verdict.items.slice(-2)).toMatchObject([
      { id: '100.1', status: 'error', reason: 'No scenario has the tag @checklist:100.1.' },
      { id: '100.2', status: 'attested' },
    ])
    expect(verdict.problems).toEqual([])
    expect(contradictionsIn(JSON.parse(JSON.stringify(verdict)), checklist)).toEqual([])
    expect(contradictionsIn({ ...verdict, items: verdict.items.slice(0, -2) }, checklist)).toContain(
      'Item 100.1 of the checklist is not in the record.',
    )
  })
})

describe('a run in shards', () => {
  it('is a useful example: each shard ran a part, and every scenario ran in one of them', () => {
    expect(whole.sound?.verdict.verdict).toBe('accepted')
    expect(whole.broken?.verdict.verdict).toBe('error')
    expect(new Set(whole.broken?.verdict.items.map(({ status }) => status)).size).toBeGreaterThan(4)
    for (const folder of folders) {
      expect(shards[folder].map(({ runs }) => runs.length).every((count) => count > 0)).toBe(true)
      expect(shards[folder].flatMap(({ runs }) => runs)).toHaveLength(whole[folder]?.runs.length ?? 0)
    }
    expect(shards.sound.map(({ verdict }) => verdict.verdict)).toEqual(Array(total).fill('partial'))
  })

  it.each(folders)('merges into the record of the same run without shards, except for the times: %s', (folder) => {
    for (const order of [shards[folder], [...shards[folder]].reverse()]) {
      const { verdict } = merge(order)
      expect(withoutTimes(verdict)).toEqual(whole[folder] && withoutTimes(whole[folder].verdict))
      const times = order.map(({ verdict }) => verdict.startedAt).sort()
      expect(verdict.startedAt).toBe(times[0])
    }
  })

  it('has the name that its shards share', () => {
    const named = shards.sound.map((shard) => changed(shard, { run: 'tuesday' }))
    expect(merge(named).verdict.run).toBe('tuesday')
    expect(merge(shards.sound).verdict).not.toHaveProperty('run')
  })

  it('has the variables of the environment of all shards', () => {
    const named = shards.sound.map((shard, index) =>
      changed(shard, ({ suite }) => ({
        suite: { ...suite, environment: [`NODE_OPTIONS=--require ${index % 2}.cjs`] },
      })),
    )
    const { verdict } = merge(named)
    expect(verdict.problems).toEqual([])
    expect(verdict.suite.environment).toEqual(['NODE_OPTIONS=--require 0.cjs', 'NODE_OPTIONS=--require 1.cjs'])
  })

  it('has reports like any other run', () => {
    const directory = temporaryDirectory()
    const merged = merge(shards.broken)
    writeReports(directory, merged)
    const { verdict, messages } = readShard(directory)
    expect(verdict).toEqual(merged.verdict)
    expect(messages).toHaveLength(shards.broken.flatMap(({ messages }) => messages).length)
    expect(allureResultsIn(join(directory, 'allure-results')).length).toBeGreaterThan(merged.runs.length)
    const [junit, once] = [merged, whole.broken ?? merged].map(({ verdict, runs }) => readJunit(verdict, runs).totals)
    expect({ ...junit, time: '', timestamp: '' }).toEqual({ ...once, time: '', timestamp: '' })
    expect(readSignOff(merged.verdict, merged.runs).heading).toBe('error')
  })
})

describe('shards that do not fit together are an error that names the problem:', () => {
  const elsewhere = ({ platform }: RunFacts) => ({ platform: { ...platform, server: 'https://elsewhere' } })
  const cases: readonly [string, () => JudgedRun, RegExp][] = [
    ['a shard is missing', () => merge(shards.sound.slice(0, 3)), /^Shard 4\/4 is missing\.$/],
    [
      'a shard died without a record',
      () => merge(shards.sound.slice(1), ['reports/1 contains no record.']),
      /^reports\/1 contains no record\.$/,
    ],
    [
      'a shard was given twice',
      () => merge([...shards.sound, ...shards.sound.slice(1, 2)]),
      /^A shard was given more than once: 2\/4 \(.*\), 2\/4 \(.*\)\.$/,
    ],
    [
      'the total number of shards differs',
      () => merge(withOne(2, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: '3/5' } })))),
      /^The shards belong to different runs: 1\/4 .*3\/5/,
    ],
    [
      'a shard number is out of range',
      () => merge(withOne(2, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: '9/4' } })))),
      /^The shard number is out of range: 9\/4 /,
    ],
    [
      'the number of shards is beyond all runs',
      () =>
        merge(
          shards.sound.map((shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: '1/4000000000' } }))),
        ),
      /^The number of shards is out of range: 1\/4000000000 /,
    ],
    [
      'a record is of a complete run',
      () => merge(withOne(2, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: null } })))),
      /contains a complete run \(without --shard\), which cannot be merged with others\.$/,
    ],
    [
      'one of them is left from the night before and none names its run',
      () =>
        merge(
          withOne(2, (shard) =>
            changed(shard, { startedAt: '2026-03-01T01:00:00.000Z', finishedAt: '2026-03-01T01:10:00.000Z' }),
          ),
        ),
      /^The shards may belong to different runs: 3\/4 \(.*\) finished at 2026-03-01T01:10:00.000Z, \d\/4 .*ACCEPTANCE_RUN\)\.$/,
    ],
    [
      'one of them is left from a run of the same name the night before',
      () =>
        merge(
          withOne(2, (shard) =>
            changed(shard, { startedAt: '2026-03-01T01:00:00.000Z', finishedAt: '2026-03-01T01:10:00.000Z' }),
          ).map((shard) => changed(shard, { run: 'nightly' })),
        ),
      /^The shards may belong to different runs: 3\/4 .* and both name the run nightly: give each run a name of its own/,
    ],
    [
      'a shard was left by an earlier run',
      () => merge(shards.sound.map((shard, index) => changed(shard, { run: index === 1 ? 'monday' : 'tuesday' }))),
      /^The shards differ in the run \(ACCEPTANCE_RUN\): 1\/4 \(.*\) has tuesday, 2\/4 \(.*\) has monday\.$/,
    ],
    [
      'the commit differs',
      () => merge(withOne(1, (shard) => changed(shard, ({ suite }) => ({ suite: { ...suite, commit: 'abc' } })))),
      /^The shards differ in the commit of the suite: 1\/4 \(.*\) has 0123.*, 2\/4 \(.*\) has abc\.$/,
    ],
    [
      'the cluster differs',
      () => merge(withOne(3, (shard) => changed(shard, elsewhere))),
      /^The shards differ in the server: .* has https:\/\/elsewhere\.$/,
    ],
    [
      'two clusters have the same address',
      () =>
        merge(
          shards.sound.map((shard, index) =>
            changed(shard, ({ platform }) => ({ platform: { ...platform, authority: index === 2 ? 'b1' : 'a0' } })),
          ),
        ),
      /^The shards differ in the certificate authority of the cluster \(SHA-256\): 1\/4 .* has a0, 3\/4 .* has b1\.$/,
    ],
    [
      'the images differ',
      () =>
        merge(
          withOne(3, (shard) => changed(shard, ({ platform }) => ({ platform: { ...platform, images: ['x:2'] } }))),
        ),
      /^The shards differ in the images of the service: .* has x:2\.$/,
    ],
    [
      'the filter differs',
      () => merge(withOne(0, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, filter: '@some' } })))),
      /^The shards differ in the filter: 1\/4 .* has @some, 2\/4 .* has none\.$/,
    ],
    [
      'only some shards may write',
      () => merge(withOne(0, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, writes: false } })))),
      /^The shards differ in the permission to write/,
    ],
    [
      'the scenarios differ',
      () => merge(withOne(0, (shard) => changed(shard, ({ required }) => ({ required: required.slice(1) })))),
      /^The shards differ in the required scenarios: 1\/4 \(\S*\), 2\/4 \(\S*\)\.$/,
    ],
    [
      'the own checks differ',
      () =>
        merge(shards.sound.map((shard, index) => changed(shard, { ownChecks: ownChecks(index === 3 ? 'b' : 'a') }))),
      /^The shards differ in the own checks \(sha256\): 1\/4 \(\S*\), 4\/4 \(\S*\)\.$/,
    ],
    [
      'the waivers differ',
      () => merge(withOne(0, (shard) => changed(shard, { waivers: [waiver('3.1')] }))),
      /^The shards differ in the waivers: /,
    ],
    [
      'the configuration differs',
      () =>
        merge(
          shards.sound.map((shard, index) => changed(shard, { configuration: configured(index === 2 ? '1' : '3') })),
        ),
      /^The shards differ in the configuration \(cluster\.workers\): 1\/4 \(\S*\), 3\/4 \(\S*\)\.$/,
    ],
    [
      'only one shard has a configuration',
      () => merge(withOne(2, (shard) => changed(shard, { configuration: configured('3') }))),
      /^The shards differ in the configuration: /,
    ],
    [
      'the sources of the suite were changed in one shard',
      () =>
        merge(
          withOne(2, (shard) =>
            changed(shard, ({ suite }) => ({ suite: { ...suite, changedFiles: ['support/x.ts'] } })),
          ),
        ),
      /^The shards differ in the changed files of the suite: 1\/4 .* has none, 3\/4 \(.*\) has support\/x\.ts\.$/,
    ],
    [
      'the checklist differs from the one in this checkout',
      () =>
        merge(
          shards.sound.map((shard) => changed(shard, ({ suite }) => ({ suite: { ...suite, checklistSha256: 'd' } }))),
        ),
      /^Shard 1\/4 \(.*\) was judged by a checklist that differs from the one in this checkout\.$/,
    ],
    [
      'a record was changed',
      () => merge(withOne(1, (shard) => ({ ...shard, verdict: { ...shard.verdict, verdict: 'accepted' } }))),
      /^The verdict\.json of shard 2\/4 \(.*\) was changed after it was written\.$/,
    ],
    [
      'a record was changed and its digests recomputed',
      () => merge(withOne(1, (shard) => ({ ...shard, verdict: resealed(shard.verdict, { problems: ['none'] }) }))),
      /^The verdict\.json of shard 2\/4 \(.*\) does not match its messages\.ndjson and run\.json\.$/,
    ],
    [
      'messages are truncated',
      () => merge(withOne(1, (shard) => ({ ...shard, runs: [], messages: shard.messages.slice(0, 5) }))),
      /does not match its messages\.ndjson/,
    ],
    [
      'a shard was interrupted',
      () => merge(withOne(1, (shard) => changed(shard, { interrupted: true }))),
      /^The run was interrupted: scenarios that did not run prove nothing\.$/,
    ],
    [
      'a shard had no cluster',
      () => merge(withOne(1, (shard) => changed(shard, { halted: finding('kubeconfig', 'There is no kubeconfig.') }))),
      /^Shard 2\/4 \(.*\) could not check the platform: There is no kubeconfig\.$/,
    ],
    [
      'a shard had a problem',
      () => merge(withOne(1, (shard) => changed(shard, { problems: ['The configuration is wrong.'] }))),
      /^The configuration is wrong\.$/,
    ],
    [
      'nothing ran in a shard',
      () => merge([...fifthOf(shards.sound)]),
      /^Shard 5\/5 \(none\) has the verdict error, which the other shards cannot improve: No scenario ran, and a run without scenarios is not a pass\.$/,
    ],
  ]

  const configured = (workers: string) => ({
    sha256: 'e'.repeat(64),
    effective: { 'cluster.workers': workers },
    differences: [],
  })
  const resealed = ({ digest: _, digests: __, ...content }: Verdict, change: Partial<Verdict>) =>
    withDigest({ ...content, ...change })
  const fifthOf = (four: readonly Shard[]): Shard[] => {
    const five = four.map((shard, index) =>
      changed(shard, ({ scope }) => ({ scope: { ...scope, shard: `${index + 1}/5` } })),
    )
    const [last] = five
    if (!last) return []
    const scope = { ...last.facts.scope, shard: '5/5' }
    return [...five, { ...judgedAs({ ...last.facts, scope }, [], []), directory: 'none' }]
  }

  it.each(cases)('%s', (_, attempt, problem) => {
    const { verdict } = attempt()
    expect(verdict).toMatchObject({ verdict: 'error', exitCode: 3 })
    expect(verdict.problems).toContainEqual(expect.stringMatching(problem))
    for (const text of verdict.problems) expect(text).toMatch(/^.+\.$/)
  })
})

describe('the signatures of shards', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const stranger = generateKeyPairSync('ed25519').privateKey
  const fingerprint = fingerprintOf(publicKey)
  /** Writes a shard with a signature, or without one, and reads it again. */
  const written = (judged: JudgedRun, key?: KeyObject): Shard => {
    const directory = temporaryDirectory()
    writeReports(directory, judged, key)
    return readShard(directory)
  }
  const signed = () => shards.sound.map((shard) => written(shard, privateKey))
  /** The case that must not pass: a shard that the code of the suite itself judged and wrote, of results nobody saw. */
  const forged = (key?: KeyObject): Shard => {
    const [shard] = shards.broken.filter(({ verdict }) => verdict.verdict !== 'partial')
    if (!shard) return expect.unreachable('No shard of the broken run is rejected.')
    const runs = shard.runs.map((run) => ({ ...run, status: 'passed' as const, reason: null, finding: null }))
    return written(judgedAs(shard.facts, runs, shard.messages), key)
  }

  it('are checked, and the merged record says which key signed which shard', () => {
    const { accepted, refused, records } = signedShards(signed(), [privateKey])
    expect({ accepted: accepted.length, refused }).toEqual({ accepted: total, refused: [] })
    const [first, ...others] = accepted
    if (!first) return expect.unreachable('There are no shards.')
    const { verdict } = mergeShards(checklist, [first, ...others], refused, { shards: records, signedBy: fingerprint })
    expect(verdict).toMatchObject({ verdict: 'accepted', signedBy: fingerprint })
    expect(verdict.shards).toEqual(
      accepted.map(({ facts, verdict: { digest } }) => ({
        shard: facts.scope.shard,
        digest,
        keyFingerprint: fingerprint,
        verified: true,
      })),
    )
  })

  it.each<[string, () => Shard, RegExp]>([
    [
      'is not signed',
      () => written(shards.sound[1] as Shard),
      /^Shard 2\/4 \(.*\) is refused because it is not signed: expected a signature by the key [0-9a-f]{64}\.$/,
    ],
    [
      'is signed by another key',
      () => written(shards.sound[1] as Shard, stranger),
      /^Shard 2\/4 .* because it is signed by the key /,
    ],
    ['was forged without a key', () => forged(), /because it is not signed/],
    ['was forged with another key', () => forged(stranger), /because it is signed by the key /],
    [
      'was forged beside a signature of the real one',
      () => ({ ...forged(), signature: written(shards.sound[1] as Shard, privateKey).signature }),
      /because its signature does not match its verdict\.json/,
    ],
  ])('refuse a shard that %s', (_, attempt, said) => {
    const all = signed().map((shard, index) => (index === 1 ? attempt() : shard))
    const { accepted, refused } = signedShards(all, [publicKey])
    expect(accepted).toHaveLength(total - 1)
    expect(refused).toEqual([expect.stringMatching(said)])
    const [first, ...others] = accepted
    if (!first) return expect.unreachable('There are no shards.')
    expect(mergeShards(checklist, [first, ...others], refused).verdict).toMatchObject({ verdict: 'error', exitCode: 3 })
  })

  it('refuse a shard without one among signed shards, even if there is no key to check them with', () => {
    const all = signed().map((shard, index) => (index === 2 ? written(shards.sound[2] as Shard) : shard))
    const { refused, records } = signedShards(all, [])
    expect(refused).toEqual([expect.stringContaining('Shard 3/4')])
    expect(records?.map(({ verified }) => verified)).toEqual([false, false, false])
  })

  it('are not asked for where there is neither a key nor a signature', () => {
    expect(signedShards(shards.sound, [])).toMatchObject({ refused: [], records: undefined })
  })
})

describe('the merged run', () => {
  it('equals the run without shards, and is never greener than a shard, whatever the results', () => {
    const status = fc.constantFrom<ScenarioStatus>('passed', 'passed', 'failed', 'blocked', 'error', 'not run')
    const ends = fc.array(fc.record({ shard: fc.nat({ max: 2 }), status }), {
      minLength: proven.length,
      maxLength: proven.length,
    })
    const [{ facts, messages, directory }] = shards.sound as [Shard]
    const required = proven.map((id) => scenario(id))
    const partOf = (shard: string | null, runs: JudgedRun['runs'], waivers: RunFacts['waivers']): Shard => {
      const own = { ...facts, scope: { ...facts.scope, shard }, required, waivers }
      return { ...judgedAs(own, runs, messages), directory }
    }
    const rank = ({ verdict }: Verdict) => verdictNames.indexOf(verdict)
    const property = fc.property(ends, fc.subarray(proven), (dealt, waived) => {
      const waivers = waived.map((id) => waiver(id, '2099-12-31'))
      const runs = dealt.map(({ status }, index) => ran(proven[index] ?? '', status))
      const parts = [0, 1, 2].map((number) =>
        partOf(
          `${number + 1}/3`,
          runs.filter((_, index) => dealt[index]?.shard === number),
          waivers,
        ),
      )
      const { verdict } = merge(parts)
      for (const part of parts.filter((part) => part.verdict.verdict !== 'partial'))
        expect(rank(verdict)).toBeLessThanOrEqual(rank(part.verdict))
      const idle = parts.some((part) => part.verdict.problems.some((problem) => problem.startsWith('No scenario ran')))
      if (!idle) expect(withoutTimes(verdict)).toEqual(withoutTimes(partOf(null, runs, waivers).verdict))
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('lists every route that a shard took, in a fixed order', () => {
    const [grafana, lake] = ['grafana', 'lake'].map((part) => ({ part, route: `ingress http://${part}.example.org` }))
    const taken = [[lake], [grafana, lake], [], [grafana]].map((routes) => routes.flatMap((route) => route ?? []))
    const { verdict } = merge(
      shards.sound.map((shard, index) =>
        changed(shard, ({ platform }) => ({ platform: { ...platform, routes: taken[index] ?? [] } })),
      ),
    )
    expect(verdict.platform.routes).toEqual([grafana, lake])
    expect(verdict.verdict).toBe('accepted')
  })

  it('is blocked when no shard had a cluster', () => {
    const halted = finding('kubeconfig', 'There is no kubeconfig.')
    const none = shards.sound.map((shard) => ({ ...changed(shard, { halted }) }))
    const { verdict } = merge(none)
    expect(verdict).toMatchObject({ verdict: 'blocked', exitCode: 2, problems: [] })
  })

  it('counts a waiver as expired if it expired before the last shard finished', () => {
    const waivers = [waiver('0.10', shards.broken[0]?.facts.finishedAt)]
    const { verdict } = merge(shards.broken.map((shard) => changed(shard, { waivers })))
    expect(verdict.items.find(({ id }) => id === '0.10')).toMatchObject({
      status: 'blocked',
      reason: expect.stringContaining('expired on'),
    })
  })
})

describe('a directory without a shard', () => {
  const copy = () => {
    const directory = temporaryDirectory()
    const [shard] = shards.sound
    if (shard) writeReports(directory, shard)
    return directory
  }

  it.each(['verdict.json', 'messages.ndjson', 'run.json'])(
    'is refused with the reason if its %s is missing or truncated',
    (name) => {
      const directory = copy()
      writeFileSync(join(directory, name), `${readFileSync(join(directory, name), 'utf8').slice(0, 80)}`)
      expect(() => readShard(directory)).toThrow(NoShard)
      expect(() => readShard(directory)).toThrow(
        `${directory} contains no record of a shard: its ${name} cannot be parsed (`,
      )
      rmSync(join(directory, name))
      expect(() => readShard(directory)).toThrow(
        `${directory} contains no record of a shard: it has no ${name}. The shard died, or its reports are in another directory.`,
      )
    },
  )

  it('is refused with the name of a value that is not valid', () => {
    const directory = copy()
    const facts = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'))
    writeFileSync(join(directory, 'run.json'), JSON.stringify({ ...facts, interrupted: 'no' }))
    expect(() => readShard(directory)).toThrow(/its run\.json cannot be parsed \(interrupted: /)
  })
})

describe('the commands', () => {
  const directory = temporaryDirectory()
  const at = (name: string) => join(directory, name)
  const environment = { KUBECONFIG: at('no kubeconfig'), ACCEPTANCE_CONFIG: at('acceptance.yaml') }
  beforeAll(() => writeFileSync(at('acceptance.yaml'), 'context: staging\nmetrics: { textfile: dora.prom }'))
  /** Runs a command in an environment without a cluster. */
  const suite = (program: string, given: readonly string[], reports = directory, more: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, ['-r', 'ts-node/register', 'support/cli/main.ts', program, ...given], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true', ...more },
    })
  const read = (name: string) => JSON.parse(readFileSync(join(at(name), 'verdict.json'), 'utf8')) as Verdict

  it('run shards and merge them into the same result as one run', () => {
    const runs = [['once'], ['1', '--shard', '1/2'], ['2', '--shard', '2/2']]
    for (const [name = '', ...given] of runs) expect(suite('run', given, at(name)).status).toBe(2)
    expect(read('2').scope.shard).toBe('2/2')
    expect(read('once').platform.context).toBe('staging')
    rmSync(at('dora.prom'))
    const merged = suite('merge', [at('1'), at('2'), '--into', at('whole')])
    expect(merged).toMatchObject({ status: 2, stdout: expect.stringContaining('blocked  contract fawkes') })
    expect(withoutTimes(read('whole'))).toEqual(withoutTimes(read('once')))
    expect(readFileSync(at('dora.prom'), 'utf8')).toMatch(/_verdict\{verdict="blocked",context="staging".* 1$/m)
  }, 240_000)

  it('merge the shards that exist, and write nothing if there are none', () => {
    expect(suite('merge', [at('1'), at('3'), '--into', at('whole')]).status).toBe(3)
    expect(read('whole').problems).toEqual([
      expect.stringContaining(`${at('3')} does not exist`),
      'Shard 2/2 is missing.',
    ])
    const none = suite('merge', [at('3'), '--into', at('whole')])
    expect(none).toMatchObject({ status: 3, stdout: expect.stringContaining('does not exist') })
    expect(() => read('whole'), 'the record of an earlier merge could be mistaken for this one').toThrow('ENOENT')
  }, 240_000)

  it('sign no shard that nobody signed', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(at('signing.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(at('signing.pub.pem'), publicKey.export({ type: 'spki', format: 'pem' }))
    writeFileSync(at('signing.yaml'), 'context: staging\nsignature: { keyFile: signing.pem }')
    const signing = { ACCEPTANCE_CONFIG: at('signing.yaml') }
    const given = [at('1'), at('2'), '--into', at('signed')]
    for (const merged of [
      suite('merge', given, directory, signing),
      suite('merge', [...given, '--public-key', at('signing.pub.pem')]),
    ])
      expect(merged).toMatchObject({
        status: 3,
        stdout: expect.stringContaining('is refused because it is not signed'),
      })
    expect(() => read('signed')).toThrow('ENOENT')
    expect(suite('merge', [...given, '--public-key', at('nothing.pem')])).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('nothing.pem, which --public-key names, cannot be used'),
    })
  }, 240_000)

  it('do not overwrite a shard with the merged run, and say where their help is', () => {
    expect(suite('merge', [at('1'), '--into', at('1')])).toMatchObject({ status: 3 })
    expect(read('1').scope.shard).toBe('1/2')
    expect(suite('merge', [])).toMatchObject({ status: 3, stderr: expect.stringContaining('merge --help') })
  }, 240_000)
})
