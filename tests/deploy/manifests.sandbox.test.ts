/**
 * The API server accepts every manifest in deploy/ in a dry run, strictly: an unknown field or a warning is refused. A component
 * is applied with the base that it is added to. The kinds of Argo Rollouts, which the sandbox does not have, are defined here.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { sandboxEnvironment } from '../../faults/runs/sandbox'
import { until } from '../../sandbox/basis/waiting'
import { findGo, howToGetGo } from '../../sandbox/programs/go'
import { moduleFolder } from '../../sandbox/programs/modules'
import { kubectl } from '../fixtures/deployed'
import { root } from '../fixtures/features'

const deploy = join(root, 'deploy')
const rollouts = 'github.com/argoproj/argo-rollouts@v1.8.3'
const namespace = ['-f', join(deploy, 'base', 'namespace.yaml')]
/** A kustomization of the tests, beside the folders that it refers to. */
const own = join(deploy, '.test')

let environment: Record<string, string>
let definition: string
beforeAll(async () => {
  environment = await sandboxEnvironment()
  const go = findGo()
  if (go === undefined) throw new Error(`Go is missing: ${howToGetGo}`)
  const folder = await moduleFolder(go, rollouts, AbortSignal.timeout(120_000))
  definition = join(folder, 'manifests', 'crds', 'analysis-template-crd.yaml')
  // The API server refuses a dry run in a namespace that does not exist.
  await kubectl(environment, ['apply', ...namespace])
  await kubectl(environment, ['apply', '--server-side', '-f', definition])
  // "kubectl wait" fails on a definition without conditions.
  const isServed = () => kubectl(environment, ['get', 'analysistemplates', '-A']).then(() => true)
  await until(isServed, { what: 'the API server serves analyses', deadline: 60_000 })
})
afterAll(async () => {
  rmSync(own, { recursive: true, force: true })
  await kubectl(environment, ['delete', '--ignore-not-found', ...namespace, '-f', definition])
})

const form = z.looseObject({ apiVersion: z.string(), kind: z.string() })
const files = readdirSync(deploy, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
const documents = (text: string) => parseAllDocuments(text).map((document) => document.toJS())
const kindsIn = (path: string) =>
  documents(readFileSync(join(deploy, path), 'utf8')).flatMap((one) => form.safeParse(one).data?.kind ?? [])

const folders = files.filter((path) => kindsIn(path).includes('Kustomization')).map(dirname)
const components = files.filter((path) => kindsIn(path).includes('Component')).map(dirname)
const alone = files.filter((path) => kindsIn(path).length > 0 && ![...folders, ...components].includes(dirname(path)))

/** Applies objects in a dry run on the server. @returns their names */
async function dryRun(objects: readonly unknown[]): Promise<string[]> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  const given = ['apply', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-o', 'name', '-f', '-']
  return (await kubectl(environment, given, list)).trim().split('\n')
}

const kustomized = async (folder: string) => documents(await kubectl(environment, ['kustomize', folder]))

describe('the API server accepts', () => {
  it.each(folders)('each object of deploy/%s', async (folder) => {
    const objects = await kustomized(join(deploy, folder))
    expect(objects.length).toBeGreaterThan(0)
    expect(await dryRun(objects)).toHaveLength(objects.length)
  })

  it.each(components)('the nightly run with deploy/%s', async (folder) => {
    mkdirSync(own, { recursive: true })
    writeFileSync(join(own, 'kustomization.yaml'), `resources: [../base]\ncomponents: [../${folder}]\n`)
    const objects = await kustomized(own)
    expect(objects).not.toEqual(await kustomized(join(deploy, 'base')))
    expect(await dryRun(objects)).toHaveLength(objects.length)
  })

  it.each(alone)('each object of deploy/%s', async (file) => {
    const objects = documents(readFileSync(join(deploy, file), 'utf8'))
    expect(await dryRun(objects)).toHaveLength(objects.length)
  })

  it('the Job that an analysis of Argo Rollouts creates', async () => {
    const jobs = (await kustomized(join(deploy, 'rollouts'))).flatMap((one) => analysis.safeParse(one).data ?? [])
    expect(jobs).toHaveLength(1)
    const objects = jobs.flatMap(({ metadata: { namespace }, spec: { metrics } }) =>
      metrics.map(({ name, provider: { job } }) => ({
        ...{ apiVersion: 'batch/v1', kind: 'Job' },
        ...{ ...job, metadata: { ...job.metadata, name, namespace } },
      })),
    )
    expect(await dryRun(objects)).toEqual(['job.batch/verdict'])
  })
})

const analysis = z.looseObject({
  kind: z.literal('AnalysisTemplate'),
  metadata: z.looseObject({ namespace: z.string() }),
  spec: z.object({
    metrics: z.array(
      z.object({ name: z.string(), provider: z.object({ job: z.looseObject({ metadata: z.object() }) }) }),
    ),
  }),
})

describe('the API server refuses', () => {
  it.each(['argocd', 'rollouts', 'sharded'])('a field of deploy/%s that does not exist', async (folder) => {
    const text = JSON.stringify(await kustomized(join(deploy, folder)))
    const objects = JSON.parse(text.replaceAll('"backoffLimit"', '"backoffLimits"'))
    await expect(dryRun(objects)).rejects.toThrow(/unknown field "backoffLimits"/)
  })

  it.each(alone)('a field of deploy/%s that does not exist', async (file) => {
    const objects = documents(readFileSync(join(deploy, file), 'utf8').replaceAll('annotations:', 'notes:'))
    await expect(dryRun(objects)).rejects.toThrow(/unknown field "notes"/)
  })

  it('a pod that may gain privileges', async () => {
    const text = JSON.stringify(await kustomized(join(deploy, 'argocd')))
    const objects = JSON.parse(text.replaceAll('"allowPrivilegeEscalation":false', '"allowPrivilegeEscalation":true'))
    await expect(dryRun(objects)).rejects.toThrow(/would violate PodSecurity/)
  })
})
