/** The workflows run existing commands, the complete fault matrix, and every shard of a run. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { catalogue } from '../../faults/catalogue'
import { readCommand } from '../../faults/command/options'
import { variants } from '../../faults/variants'
import { scripts } from '../../package.json'
import { root } from '../fixtures/features'

const workflows = join(root, '.github', 'workflows')
const files = readdirSync(workflows).map((name) => join(workflows, name))

const steps = z.array(z.looseObject({ run: z.string().optional() }))
const strategy = <T extends z.ZodRawShape>(matrix: T) => z.object({ matrix: z.object(matrix) })
const read = <T>(file: string, schema: z.ZodType<T>): T =>
  schema.parse(parse(readFileSync(join(workflows, file), 'utf8')))
const jobs = (file: string) => read(file, z.object({ jobs: z.record(z.string(), z.object({ steps })) })).jobs

describe('the workflows', () => {
  // The first run downloads the sources of actionlint from the Go proxy.
  it('pass actionlint', async () => {
    await execa('go', ['run', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7', ...files])
  }, 180_000)

  it.each(['nightly.yaml', 'acceptance.yaml'])('run commands of this project every night: %s', (file) => {
    const { on } = read(file, z.object({ on: z.object({ schedule: z.array(z.object({ cron: z.string() })) }) }))
    expect(on.schedule.length).toBeGreaterThan(0)
    const given = Object.values(jobs(file)).flatMap((job) => job.steps.map(({ run }) => run ?? ''))
    const names = given.flatMap((run) => [...run.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name))
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(Object.keys(scripts)).toContain(name)
  })
})

describe('the nightly workflow', () => {
  it('runs every fault, the clean platform 20 times, and 50 runs that leave no trace', () => {
    const include = z.array(z.object({ options: z.string() }))
    const { verdict } = read(
      'nightly.yaml',
      z.object({ jobs: z.object({ verdict: z.object({ strategy: strategy({ include }) }) }) }),
    ).jobs
    const command = (options: string) =>
      readCommand(options.split(' ').filter(Boolean), { faults: catalogue, variants })
    expect(verdict.strategy.matrix.include.map(({ options }) => command(options))).toEqual([
      { kind: 'matrix', faults: catalogue, variants, isComplete: true },
      { kind: 'clean', runs: 20 },
      { kind: 'traces', runs: 50 },
    ])
  })
})

describe('the workflow for a live cluster', () => {
  it('can be called from another repository, which names the suite', () => {
    const { on } = read(
      'acceptance.yaml',
      z.object({ on: z.object({ workflow_call: z.object({ inputs: z.unknown() }) }) }),
    )
    expect(on.workflow_call.inputs).toMatchObject({ repository: { required: true }, ref: { required: true } })
    const checkouts = z.looseObject({ uses: z.string().optional(), with: z.unknown().optional() })
    const { shard, report } = read(
      'acceptance.yaml',
      z.object({ jobs: z.record(z.string(), z.object({ steps: z.array(checkouts) })) }),
    ).jobs
    const given = [shard, report].flatMap((job) =>
      job?.steps.filter(({ uses }) => uses?.startsWith('actions/checkout')),
    )
    expect(given).toHaveLength(2)
    for (const one of given)
      expect(one?.with).toMatchObject({ repository: expect.stringContaining('inputs.repository') })
  })

  it('runs every shard, merges all of them, and renders the report for any verdict', () => {
    const { shard, report } = read(
      'acceptance.yaml',
      z.object({
        jobs: z.object({
          shard: z.object({ strategy: strategy({ shard: z.array(z.number()) }), steps }),
          report: z.object({ if: z.literal('always()'), needs: z.literal('shard'), steps }),
        }),
      }),
    ).jobs
    const total = shard.strategy.matrix.shard.length
    expect(shard.strategy.matrix.shard).toEqual(Array.from({ length: total }, (_, index) => index + 1))
    expect(shard.steps.some(({ run }) => run?.includes(`--shard \${{ matrix.shard }}/${total}`))).toBe(true)
    const merge = report.steps.findIndex(({ run }) => run?.includes('npm run merge -- shards/shard-*'))
    const render = report.steps.findIndex(({ run }) => run?.includes('npm run report'))
    expect(merge).toBeGreaterThan(0)
    expect(report.steps[render]).toMatchObject({ if: 'always()' })
    expect(render).toBeGreaterThan(merge)
  })
})
