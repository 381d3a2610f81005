/** The ways to run the suite in a cluster: they judge in the same way, repeat a blocked run once, and report each bad night once. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { commands } from '../../support/cli/commands'
import { exitCodes } from '../../support/record/verdict'
import { root } from '../fixtures/features'
import { temporaryDirectory } from '../fixtures/reports'

const container = z.looseObject({
  name: z.string(),
  args: z.array(z.string()).optional(),
  securityContext: z.unknown(),
  volumeMounts: z.unknown(),
})
const job = z.looseObject({
  backoffLimit: z.number(),
  podFailurePolicy: z.unknown(),
  template: z.looseObject({ spec: z.looseObject({ containers: z.array(container), securityContext: z.unknown() }) }),
})
const manifests = (text: string): unknown[] => parseAllDocuments(text).map((document) => document.toJS())
const objects = async (folder: string) =>
  manifests((await execa('kubectl', ['kustomize', folder], { cwd: root })).stdout)

const nightly = z.object({ kind: z.literal('CronJob'), spec: z.looseObject({ jobTemplate: z.object({ spec: job }) }) })
const hook = z.looseObject({
  kind: z.literal('Job'),
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()) }),
  spec: job,
})
const analysis = z.object({
  kind: z.literal('AnalysisTemplate'),
  spec: z.object({ metrics: z.tuple([z.object({ provider: z.object({ job: z.object({ spec: job }) }) })]) }),
})

/** The first object of a kustomization with this form. */
async function first<T>(folder: string, form: z.ZodType<T>): Promise<T> {
  const [found] = (await objects(folder)).flatMap((one) => form.safeParse(one).data ?? [])
  if (found === undefined) expect.unreachable(`no such object in ${folder}`)
  return found
}

const jobs = {
  'the nightly run': async () => (await first('deploy/base', nightly)).spec.jobTemplate.spec,
  'the hook of ArgoCD': async () => (await first('deploy/argocd', hook)).spec,
  'the analysis of Argo Rollouts': async () =>
    (await first('deploy/rollouts', analysis)).spec.metrics[0].provider.job.spec,
}

describe.each(Object.entries(jobs))('%s', (_, read) => {
  it('repeats a blocked run once, and neither a rejected one nor an error', async () => {
    const { backoffLimit, podFailurePolicy } = await read()
    expect(backoffLimit).toBe(1)
    expect(podFailurePolicy).toEqual({
      rules: [
        { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        {
          action: 'FailJob',
          onExitCodes: {
            containerName: 'acceptance',
            operator: 'In',
            values: [exitCodes.rejected, exitCodes.error],
          },
        },
      ],
    })
  })

  it('runs the pod of the nightly run', async () => {
    const pod = ({ template: { spec } }: z.infer<typeof job>) => ({
      pod: spec.securityContext,
      container: spec.containers.map(({ name, securityContext, volumeMounts }) => [
        name,
        securityContext,
        volumeMounts,
      ]),
    })
    expect(pod(await read())).toEqual(pod(await jobs['the nightly run']()))
  })
})

it('the hook of ArgoCD runs after a sync, whose result is that of the Job', async () => {
  expect((await first('deploy/argocd', hook)).metadata.annotations).toEqual({
    'argocd.argoproj.io/hook': 'PostSync',
    'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
  })
})

it('every program that a manifest starts is a command of the image, whose package has no sources', () => {
  const known = commands.map(({ command }) => command.split(' ', 1)[0])
  const files = readdirSync(join(root, 'deploy'), { recursive: true, encoding: 'utf8' })
  const started = files
    .filter((path) => path.endsWith('.yaml'))
    .flatMap((path) => [...readFileSync(join(root, 'deploy', path), 'utf8').matchAll(/bootstrap\.mjs (\S+)/g)])
    .map(([, command]) => command)
  expect(started.length).toBeGreaterThan(3)
  expect(started.filter((command) => !known.includes(command))).toEqual([])
})

describe('the notices', () => {
  /** Runs the script of the component with a run that ends in this way. @returns the exit code, and what was started */
  async function night(reports: string, code: number) {
    const bin = join(reports, 'bin')
    mkdirSync(bin, { recursive: true })
    const log = join(reports, 'started')
    writeFileSync(log, '')
    writeFileSync(join(bin, 'node'), `#!/bin/sh\necho "$2" >> '${log}'\n[ "$2" = run ] && exit ${code}\nexit 0\n`)
    chmodSync(join(bin, 'node'), 0o755)
    const { spec } = parse(readFileSync(join(root, 'deploy/components/notify/notices.yaml'), 'utf8'))
    const patched = z.object({ containers: z.array(z.object({ args: z.array(z.string()) })) })
    const [one] = patched.parse(spec.jobTemplate.spec.template.spec).containers
    const { exitCode } = await execa('sh', ['-c', ...(one?.args ?? [])], {
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        ACCEPTANCE_REPORTS: reports,
        ACCEPTANCE_RUN: 'dora-acceptance-1',
        ACCEPTANCE_NOTICES: 'slack',
      },
      reject: false,
    })
    return { exitCode, started: readFileSync(log, 'utf8').trim().split('\n') }
  }

  it.each([exitCodes.accepted, exitCodes.rejected, exitCodes.error])(
    'are decided at once after exit code %i, which stays that of the pod',
    async (code) => {
      expect(await night(temporaryDirectory(), code)).toEqual({ exitCode: code, started: ['run', 'notify'] })
    },
  )

  it('wait for the second run of a blocked night', async () => {
    const reports = temporaryDirectory()
    expect(await night(reports, exitCodes.blocked)).toEqual({ exitCode: 2, started: ['run'] })
    expect(await night(reports, exitCodes.blocked)).toEqual({ exitCode: 2, started: ['run', 'notify'] })
    expect(await night(reports, exitCodes.blocked)).toEqual({ exitCode: 2, started: ['run'] })
  })

  it('are a component of the nightly run', async () => {
    const folder = join(root, 'deploy', '.with-notices')
    const { stdout } = await execa(
      'sh',
      [
        '-c',
        `mkdir -p '${folder}' && cat > '${folder}/kustomization.yaml' && kubectl kustomize '${folder}'; code=$?; rm -rf '${folder}'; exit $code`,
      ],
      { input: 'resources: [../base]\ncomponents: [../components/notify]\n' },
    )
    const [found] = manifests(stdout).flatMap((one) => nightly.safeParse(one).data ?? [])
    expect(found?.spec.jobTemplate.spec.template.spec.containers[0]?.args?.[0]).toContain('notify --to')
  })
})
