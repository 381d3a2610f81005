/** The composite action installs what a checkout needs to run: the compiler of TypeScript is a development dependency. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../fixtures/features'

const action = z.object({ runs: z.object({ steps: z.array(z.looseObject({ run: z.string().optional() })) }) })
const manifest = z.object({ devDependencies: z.record(z.string(), z.string()) })

it('the composite action installs the development dependencies before it runs the checkout', () => {
  const { devDependencies } = manifest.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  expect(Object.keys(devDependencies)).toContain('ts-node')
  const text = readFileSync(join(root, '.github/actions/acceptance/action.yaml'), 'utf8')
  const commands = action.parse(parse(text)).runs.steps.flatMap(({ run }) => run ?? [])
  const installs = commands.findIndex((run) => /^npm ci\b/.test(run))
  const runs = commands.findIndex((run) => run.includes('npm run acceptance'))
  expect(installs).toBeGreaterThanOrEqual(0)
  expect(runs).toBeGreaterThan(installs)
  expect(commands[installs]).not.toMatch(/--omit|--production/)
})
