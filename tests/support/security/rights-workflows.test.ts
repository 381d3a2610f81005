/** The workflows give the kubeconfig to one step only, after the dependencies are installed, and run only pinned actions. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../../fixtures/features'

const folder = join(root, '.github', 'workflows')
const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
})
type Step = z.infer<typeof step>
const workflow = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), z.looseObject({ permissions: z.never().optional(), steps: z.array(step) })),
})
const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  return { ...workflow.parse(parse(text)), name, text }
})
const stepsOf = ({ jobs }: z.infer<typeof workflow>) => Object.values(jobs).flatMap(({ steps }) => steps)
const mentionsSecret = (given: unknown) => JSON.stringify(given).includes('secrets.')

describe.each(workflows)('the workflow $name', (given) => {
  it('pins every action by commit, with the version as a comment', () => {
    const used = given.text.split('\n').filter((line) => /\buses:/.test(line))
    expect(used.length).toBeGreaterThan(0)
    for (const line of used) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('may only read the repository, and leaves no credential in the checkout', () => {
    expect(given.permissions).toEqual({ contents: 'read' })
    const checkouts = stepsOf(given).filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    expect(checkouts.length).toBeGreaterThan(0)
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false })
  })

  it('gives a secret only to a step that runs one command of the suite after the dependencies are installed', () => {
    for (const { steps, ...job } of Object.values(given.jobs)) {
      expect(mentionsSecret(job)).toBe(false)
      steps.forEach((one, index) => {
        if (mentionsSecret(one)) expect(isInstall(steps.slice(0, index))).toBe(true)
      })
    }
  })
})

describe('the composite action', () => {
  const text = readFileSync(join(root, '.github/actions/acceptance/action.yaml'), 'utf8')
  const { steps } = z.object({ runs: z.object({ steps: z.array(step) }) }).parse(parse(text)).runs

  it('pins every action by commit', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/)
  })

  it('gives the kubeconfig to one step after the dependencies are installed, and no input to a shell as code', () => {
    const holders = steps.flatMap((one, index) => (JSON.stringify(one).includes('inputs.kubeconfig') ? [index] : []))
    expect(holders).toHaveLength(1)
    expect(isInstall(steps.slice(0, holders[0]))).toBe(true)
    for (const { run = '' } of steps) expect(run).not.toContain('{{ inputs.')
  })
})

const isInstall = (steps: readonly Step[]) => steps.some(({ run }) => run?.startsWith('npm ci'))

describe('the kubeconfig of the workflow for a live cluster', () => {
  const steps = workflows.flatMap(({ name, jobs }) => (name === 'acceptance.yaml' ? (jobs.shard?.steps ?? []) : []))
  const holder = steps.findIndex(mentionsSecret)

  it('is known to one step, which removes it at its end however it ends', () => {
    expect(steps.filter(mentionsSecret)).toHaveLength(1)
    const run = steps[holder]?.run ?? ''
    const at = (text: string) => run.indexOf(text)
    expect(at("trap 'rm -rf")).toBeGreaterThan(-1)
    expect(at("trap 'rm -rf")).toBeLessThan(at('> "$folder/kubeconfig"'))
    expect(at('unset CLUSTER')).toBeGreaterThan(-1)
    expect(at('unset CLUSTER')).toBeLessThan(at('npm run acceptance'))
  })

  it('is removed before the results are uploaded', () => {
    const upload = steps.findIndex(({ uses }) => uses?.startsWith('actions/upload-artifact@'))
    const removal = steps.findIndex(({ run }) => run?.startsWith('rm -rf "$RUNNER_TEMP"/cluster.'))
    expect(removal).toBeGreaterThan(holder)
    expect(removal).toBeLessThan(upload)
    expect(steps[removal]).toMatchObject({ if: 'always()' })
  })
})
