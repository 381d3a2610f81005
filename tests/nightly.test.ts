/** The nightly workflow runs what it says: commands that exist, and all of the matrix. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { catalogue } from '../faults/catalogue'
import { readCommand } from '../faults/options'
import { scripts } from '../package.json'
import { root } from './fixtures/features'

const workflow = z.object({
  on: z.object({ schedule: z.array(z.object({ cron: z.string() })).min(1) }),
  jobs: z.object({
    verdict: z.object({
      strategy: z.object({
        matrix: z.object({ include: z.array(z.object({ options: z.string(), record: z.string() })) }),
      }),
      steps: z.array(z.looseObject({ run: z.string().optional() })),
    }),
  }),
})

describe('the nightly workflow', () => {
  const file = join(root, '.github', 'workflows', 'nightly.yaml')
  const { verdict } = workflow.parse(parse(readFileSync(file, 'utf8'))).jobs

  it('runs every fault, and the clean platform 20 times', () => {
    const read = (options: string) => readCommand(options.split(' ').filter(Boolean), catalogue)
    expect(verdict.strategy.matrix.include.map(({ options }) => read(options))).toEqual([
      { kind: 'matrix', faults: catalogue, whole: true },
      { kind: 'clean', runs: 20 },
    ])
  })

  it('runs commands of this project', () => {
    const names = verdict.steps.flatMap(({ run }) => /npm run (\S+)/.exec(run ?? '')?.[1] ?? [])
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(Object.keys(scripts)).toContain(name)
  })
})
