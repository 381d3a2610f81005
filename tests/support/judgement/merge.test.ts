/** Shards of a run, run by the real Cucumber and written as a run writes them, become one record that is never greener. */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type JudgedRun, judge } from '../../../support/judgement/judge'
import { mergeShards } from '../../../support/judgement/merge'
import { requiredScenarios } from '../../../support/judgement/required'
import { NoShard, readShard, type Shard } from '../../../support/judgement/shard'
import { withDigest } from '../../../support/record/digest'
import { problemsOfRun } from '../../../support/record/messages'
import type { RunFacts } from '../../../support/record/run-facts'
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

/** One run of a folder, judged; as a whole or in part. */
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

/** A shard that says something else of itself, and follows from what it says. */
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

describe('a run in shards', () => {
  it('is there to be merged: each shard has a part, and all that ran stands in one of them', () => {
    expect(whole.sound?.verdict.verdict).toBe('accepted')
    expect(whole.broken?.verdict.verdict).toBe('error')
    expect(new Set(whole.broken?.verdict.items.map(({ status }) => status)).size).toBeGreaterThan(4)
    for (const folder of folders) {
      expect(shards[folder].map(({ runs }) => runs.length).every((count) => count > 0)).toBe(true)
      expect(shards[folder].flatMap(({ runs }) => runs)).toHaveLength(whole[folder]?.runs.length ?? 0)
    }
    expect(shards.sound.map(({ verdict }) => verdict.verdict)).toEqual(Array(total).fill('partial'))
  })

  it.each(folders)('has, when merged, the record of the same run at once, but for the times: %s', (folder) => {
    for (const order of [shards[folder], [...shards[folder]].reverse()]) {
      const { verdict } = merge(order)
      expect(withoutTimes(verdict)).toEqual(whole[folder] && withoutTimes(whole[folder].verdict))
      const times = order.map(({ verdict }) => verdict.startedAt).sort()
      expect(verdict.startedAt).toBe(times[0])
    }
  })

  it('has reports like any other', () => {
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

describe('what does not fit together is an error and is named:', () => {
  const elsewhere = ({ platform }: RunFacts) => ({ platform: { ...platform, server: 'https://elsewhere' } })
  const cases: readonly [string, () => JudgedRun, RegExp][] = [
    ['a shard is missing', () => merge(shards.sound.slice(0, 3)), /^Shard 4\/4 is missing\.$/],
    [
      'a shard died without a record',
      () => merge(shards.sound.slice(1), ['reports/1 holds no record.']),
      /^reports\/1 holds no record\.$/,
    ],
    [
      'a shard is there twice',
      () => merge([...shards.sound, ...shards.sound.slice(1, 2)]),
      /^One shard was given more than once: 2\/4 \(.*\), 2\/4 \(.*\)\.$/,
    ],
    [
      'shards are of another number',
      () => merge(withOne(2, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: '3/5' } })))),
      /^The shards are not of one run: 1\/4 .*3\/5/,
    ],
    [
      'a shard has a number that there is not',
      () => merge(withOne(2, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: '9/4' } })))),
      /^There can be no shard 9\/4 /,
    ],
    [
      'a record is of a whole run',
      () => merge(withOne(2, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, shard: null } })))),
      /holds the record of a run without --shard, which is no part of another\.$/,
    ],
    [
      'a shard was left by an earlier run',
      () => merge(shards.sound.map((shard, index) => changed(shard, { run: index === 1 ? 'monday' : 'tuesday' }))),
      /^The shards differ in the run \(ACCEPTANCE_RUN\): 1\/4 \(.*\) has tuesday, 2\/4 \(.*\) has monday\.$/,
    ],
    [
      'the commit is another',
      () => merge(withOne(1, (shard) => changed(shard, ({ suite }) => ({ suite: { ...suite, commit: 'abc' } })))),
      /^The shards differ in the commit of the suite: 1\/4 \(.*\) has 0123.*, 2\/4 \(.*\) has abc\.$/,
    ],
    [
      'the cluster is another',
      () => merge(withOne(3, (shard) => changed(shard, elsewhere))),
      /^The shards differ in the server: .* has https:\/\/elsewhere\.$/,
    ],
    [
      'other images run',
      () =>
        merge(
          withOne(3, (shard) => changed(shard, ({ platform }) => ({ platform: { ...platform, images: ['x:2'] } }))),
        ),
      /^The shards differ in the images of the service: .* has x:2\.$/,
    ],
    [
      'the filter is another',
      () => merge(withOne(0, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, filter: '@some' } })))),
      /^The shards differ in the filter of the run: 1\/4 .* has @some, 2\/4 .* has none\.$/,
    ],
    [
      'only some may write',
      () => merge(withOne(0, (shard) => changed(shard, ({ scope }) => ({ scope: { ...scope, writes: false } })))),
      /^The shards differ in the permission to write/,
    ],
    [
      'the scenarios are others',
      () => merge(withOne(0, (shard) => changed(shard, ({ required }) => ({ required: required.slice(1) })))),
      /^The shards differ in the scenarios that are required: 1\/4 \(\S*\), 2\/4 \(\S*\)\.$/,
    ],
    [
      'the waivers are others',
      () => merge(withOne(0, (shard) => changed(shard, { waivers: [waiver('3.1')] }))),
      /^The shards differ in the waivers: /,
    ],
    [
      'the checklist is another than that of this checkout',
      () =>
        merge(
          shards.sound.map((shard) => changed(shard, ({ suite }) => ({ suite: { ...suite, checklistSha256: 'd' } }))),
        ),
      /^Shard 1\/4 \(.*\) was judged by another checklist than that of this checkout\.$/,
    ],
    [
      'a record was changed',
      () => merge(withOne(1, (shard) => ({ ...shard, verdict: { ...shard.verdict, verdict: 'accepted' } }))),
      /^The verdict\.json of shard 2\/4 \(.*\) was changed\.$/,
    ],
    [
      'a record was changed and its digests made anew',
      () => merge(withOne(1, (shard) => ({ ...shard, verdict: resealed(shard.verdict, { problems: ['none'] }) }))),
      /^The verdict\.json of shard 2\/4 \(.*\) does not follow from its messages\.ndjson and run\.json\.$/,
    ],
    [
      'messages are cut short',
      () => merge(withOne(1, (shard) => ({ ...shard, runs: [], messages: shard.messages.slice(0, 5) }))),
      /does not follow from its messages\.ndjson/,
    ],
    [
      'a shard was interrupted',
      () => merge(withOne(1, (shard) => changed(shard, { interrupted: true }))),
      /^The run was interrupted: what was not run proves nothing\.$/,
    ],
    [
      'a shard had no cluster',
      () => merge(withOne(1, (shard) => changed(shard, { halted: finding('kubeconfig', 'There is no kubeconfig.') }))),
      /^Shard 2\/4 \(.*\) had nothing to look at: There is no kubeconfig\.$/,
    ],
    [
      'a shard had a problem',
      () => merge(withOne(1, (shard) => changed(shard, { problems: ['The configuration is wrong.'] }))),
      /^The configuration is wrong\.$/,
    ],
    [
      'nothing ran in a shard',
      () => merge([...fifthOf(shards.sound)]),
      /^Shard 5\/5 \(none\) is error, which no other shard makes good: No scenario ran, and nothing is not a pass\.$/,
    ],
  ]

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

describe('the whole', () => {
  it('is what the run at once would be, and never greener than a shard, whatever ended how and where', () => {
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

  it('took every route that a shard took, in one order', () => {
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

  it('counts a waiver that ended before the last shard did as ended', () => {
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
    'says that its %s is missing, or what is wrong in it',
    (name) => {
      const directory = copy()
      writeFileSync(join(directory, name), `${readFileSync(join(directory, name), 'utf8').slice(0, 80)}`)
      expect(() => readShard(directory)).toThrow(NoShard)
      expect(() => readShard(directory)).toThrow(
        `${directory} holds no record of a shard: its ${name} cannot be read (`,
      )
      rmSync(join(directory, name))
      expect(() => readShard(directory)).toThrow(
        `${directory} holds no record of a shard (${name}: ENOENT): the shard died, or its reports are elsewhere.`,
      )
    },
  )

  it('says which value is not as a run writes it', () => {
    const directory = copy()
    const facts = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8'))
    writeFileSync(join(directory, 'run.json'), JSON.stringify({ ...facts, interrupted: 'no' }))
    expect(() => readShard(directory)).toThrow(/its run\.json cannot be read \(interrupted: /)
  })
})

describe('the commands', () => {
  const directory = temporaryDirectory()
  const at = (name: string) => join(directory, name)
  const environment = { KUBECONFIG: at('no kubeconfig'), ACCEPTANCE_CONFIG: at('acceptance.yaml') }
  beforeAll(() => writeFileSync(at('acceptance.yaml'), 'context: staging\nmetrics: { textfile: dora.prom }'))
  /** Where there is no cluster. */
  const suite = (program: string, given: readonly string[], reports = directory) =>
    spawnSync(process.execPath, ['-r', 'ts-node/register', `support/cli/${program}.ts`, ...given], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...environment, ACCEPTANCE_REPORTS: reports, CI: 'true' },
    })
  const read = (name: string) => JSON.parse(readFileSync(join(at(name), 'verdict.json'), 'utf8')) as Verdict

  it('run in shards, and merge to what a run at once is', () => {
    const runs = [['once'], ['1', '--shard', '1/2'], ['2', '--shard', '2/2']]
    for (const [name = '', ...given] of runs) expect(suite('acceptance', given, at(name)).status).toBe(2)
    expect(read('2').scope.shard).toBe('2/2')
    expect(read('once').platform.context).toBe('staging')
    rmSync(at('dora.prom'))
    const merged = suite('merge', [at('1'), at('2'), '--into', at('whole')])
    expect(merged).toMatchObject({ status: 2, stdout: expect.stringContaining('blocked  contract fawkes') })
    expect(withoutTimes(read('whole'))).toEqual(withoutTimes(read('once')))
    expect(readFileSync(at('dora.prom'), 'utf8')).toMatch(/_verdict\{verdict="blocked",context="staging".* 1$/m)
  }, 240_000)

  it('merge what there is, and leave nothing where there is nothing', () => {
    expect(suite('merge', [at('1'), at('3'), '--into', at('whole')]).status).toBe(3)
    expect(read('whole').problems).toEqual([
      expect.stringContaining(`${at('3')} holds no record of a shard`),
      'Shard 2/2 is missing.',
    ])
    const none = suite('merge', [at('3'), '--into', at('whole')])
    expect(none).toMatchObject({ status: 3, stdout: expect.stringContaining('holds no record of a shard') })
    expect(() => read('whole'), 'the record of an earlier merge would be taken for that of this one').toThrow('ENOENT')
  }, 240_000)

  it('do not replace a shard by the whole, and show how they are used', () => {
    expect(suite('merge', [at('1'), '--into', at('1')])).toMatchObject({ status: 3 })
    expect(read('1').scope.shard).toBe('1/2')
    expect(suite('merge', [])).toMatchObject({ status: 3, stdout: expect.stringContaining('usage: npm run') })
  }, 240_000)
})
