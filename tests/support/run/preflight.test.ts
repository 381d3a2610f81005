/** The preflight leaves out the items that do not apply to a platform, by the keys of the checklist. */
import { describe, expect, it } from 'vitest'
import { type ChecklistItem, loadChecklist } from '../../../support/basis/checklist'
import { checkout } from '../../../support/basis/checkout'
import { Blocked } from '../../../support/basis/expectation'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { requiredScenarios } from '../../../support/judgement/required'
import type { Platform } from '../../../support/platform/platform'
import { notApplicableByConfiguration, preflight, tagsLeftOut } from '../../../support/run/preflight'

const checklist = loadChecklist()
const idsOf = (applies: (item: ChecklistItem) => boolean) => checklist.items.filter(applies).map(({ id }) => id)
const jenkins = idsOf(({ optionalPart }) => optionalPart === 'jenkins')
const externalAccess = idsOf(({ optionalPart }) => optionalPart === 'externalAccess')
const external = idsOf(({ secretsMode }) => secretsMode === 'external')
const manual = idsOf(({ secretsMode }) => secretsMode === 'manual')

const unreachable = new Blocked({
  summary: 'It does not answer.',
  object: 'x',
  expected: 'an answer',
  found: 'none',
  remedy: [],
})

interface Around {
  readonly configuration?: object
  readonly secret?: () => Promise<unknown>
  readonly version?: () => Promise<string>
  readonly ingress?: object
  readonly service?: object
  readonly externalSecret?: () => Promise<unknown>
  readonly ensureNamespace?: () => Promise<void>
}

/** Without Jenkins and without a service that answers. */
function platformWith(around: Around): Platform {
  const { configuration = {}, secret, version, ingress, service, externalSecret, ensureNamespace } = around
  return {
    configuration: configurationSchema(fawkes.names).parse(configuration),
    contract: fawkes,
    kubernetes: {
      version: version ?? (async () => 'v1.35.4'),
      ensureNamespace: ensureNamespace ?? (async () => {}),
      secret: secret ?? (async () => undefined),
      namespace: 'fawkes',
      of() {
        return this
      },
      entry() {
        return this
      },
      service: async () => service,
      ingress: async () => ingress,
      externalSecretOf: externalSecret ?? (async () => undefined),
    },
    rest: { get: () => Promise.reject(unreachable) },
    missingAccess: async () => [],
  } as unknown as Platform
}

async function leftOut(around: Around): Promise<string[]> {
  const { notApplicable } = await preflight(platformWith(around), checklist, new Set(['0']))
  return [...notApplicable.keys()].sort()
}

describe('the preflight', () => {
  it('leaves out the items of secrets created by hand, and of Jenkins without a trace', async () => {
    expect([jenkins, externalAccess, external, manual]).not.toContainEqual([])
    expect(await leftOut({})).toEqual([...manual, ...jenkins].sort())
  })

  it('leaves out the items of a secrets manager where the secrets were created by hand', async () => {
    expect(await leftOut({ configuration: { secrets: 'manual' } })).toEqual([...external, ...jenkins].sort())
  })

  it.each<[string, () => Promise<unknown>]>([
    ['the caller may not read', () => Promise.reject(unreachable)],
    ['exists', async () => new Map()],
  ])('requires the items of Jenkins where its token %s', async (_, secret) => {
    expect(await leftOut({ secret })).toEqual(manual)
  })

  it('leaves out the items of the parts that the configuration declares absent, with its reason', async () => {
    const configuration = { absent: { jenkins: 'builds run elsewhere', externalAccess: 'it is internal' } }
    const { notApplicable } = await preflight(platformWith({ configuration }), checklist, new Set(['0']))
    for (const id of jenkins) expect(notApplicable.get(id)).toBe('Jenkins is declared absent: builds run elsewhere')
    for (const id of externalAccess)
      expect(notApplicable.get(id)).toBe('External access is declared absent: it is internal')
  })

  const absent = { jenkins: 'none here', externalAccess: 'none here' }

  it.each<[string, Around, string]>([
    ['a token', { secret: async () => new Map() }, 'Secret fawkes/devlake-jenkins'],
    ['a service', { service: { spec: { type: 'ClusterIP' } } }, 'Service fawkes/jenkins'],
    ['a token that may not be read', { secret: () => Promise.reject(unreachable) }, 'Secret fawkes/devlake-jenkins'],
  ])('requires the items of Jenkins where it is declared absent and there is %s', async (_, around, trace) => {
    const configuration = { absent: { jenkins: 'none here' } }
    const { notApplicable, warnings } = await preflight(
      platformWith({ ...around, configuration }),
      checklist,
      new Set(['0']),
    )
    for (const id of jenkins) expect(notApplicable.has(id)).toBe(false)
    expect(warnings).toEqual([expect.stringContaining('Jenkins is declared absent: none here. Found all the same: ')])
    expect(warnings[0]).toContain(trace)
  })

  it.each<[string, Around]>([
    ['an ingress has an address', { ingress: { status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } } }],
    ['a service is open outside the cluster', { service: { spec: { type: 'NodePort' } } }],
  ])('requires external access where it is declared absent and %s', async (_, around) => {
    const left = await leftOut({ ...around, configuration: { absent } })
    for (const id of externalAccess) expect(left).not.toContain(id)
  })

  it('requires the items of both kinds of secrets where they are declared manual and an ExternalSecret exists', async () => {
    const configuration = { secrets: 'manual' }
    expect(await leftOut({ configuration, externalSecret: async () => ({}) })).toEqual(jenkins)
    expect(await leftOut({ configuration, externalSecret: () => Promise.reject(unreachable) })).toEqual(jenkins)
  })

  it('halts where the cluster does not answer, and leaves out only what the configuration does', async () => {
    const version = () => Promise.reject(unreachable)
    const { halted, notApplicable } = await preflight(platformWith({ version }), checklist, new Set(['0']))
    expect(halted?.summary).toBe('It does not answer.')
    expect([...notApplicable.keys()]).toEqual(manual)
  })
})

describe('a platform without ArgoCD', () => {
  const scenarios = requiredScenarios(checkout)
  const provenBy = (given: object) => {
    const configuration = configurationSchema(fawkes.names).parse(given)
    const inapplicable = notApplicableByConfiguration(checklist, configuration, fawkes)
    const leftOut = tagsLeftOut(configuration, checklist, inapplicable)
    const kept = scenarios.filter(({ tags }) => !tags.some((tag) => leftOut.has(tag)))
    return checklist.items
      .filter(({ id, how, section }) => section === '19' && how === 'mutating' && !inapplicable.has(id))
      .map(({ id, text }) => ({
        text,
        scenarios: kept.filter(({ items }) => items.includes(id)).map(({ name }) => name),
      }))
  }

  it('is judged by its ArgoCD if that is declared absent but leaves a trace', () => {
    const configuration = configurationSchema(fawkes.names).parse({ absent: { argocd: 'Flux delivers' } })
    const leftOut = (notApplicable: ReadonlyMap<string, string>) =>
      [...tagsLeftOut(configuration, checklist, notApplicable).keys()].filter((tag) => tag.endsWith('-argocd'))
    expect(leftOut(new Map())).toEqual(['@without-argocd'])
    expect(leftOut(notApplicableByConfiguration(checklist, configuration, fawkes))).toEqual(['@through-argocd'])
  })

  it('proves that deployments are collected by those that are reported, and ArgoCD by its own', () => {
    const absent = provenBy({ absent: { argocd: 'Flux delivers' } })
    expect(absent.map(({ text }) => text)).not.toContain('A test deployment is triggered through ArgoCD')
    expect(absent.map(({ scenarios }) => scenarios)).toEqual([
      ['The reported deployment is collected in time'],
      ['The API returns the reported deployment'],
      ['The deployments table holds the reported deployment'],
      ['The dashboards show the deployments reported by webhook'],
    ])
    const present = provenBy({})
    expect(present.length).toBe(absent.length + 1)
    expect(
      present.flatMap(({ scenarios }) => scenarios).filter((name) => / the reported deployment/.test(name)),
    ).toEqual([])
  })
})
