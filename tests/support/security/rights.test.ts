/** The rights are limited to the Secrets and namespaces of the configuration, and preflight asks for no more. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { accessFor, accessManifests } from '../../../support/platform/access-rules'
import type { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { namesOf } from '../../../support/platform/operation-names'
import { examinedNamespaces, namespaceOf, operations } from '../../../support/platform/operations'
import { missingFor } from '../../../support/platform/streams'
import { root } from '../../fixtures/features'

const configuration = configurationSchema(fawkes.names).parse({
  tokens: { expired: { name: 'old-token', key: 'token' } },
})
const limits = {
  names: (operation: Parameters<typeof namesOf>[1]) => namesOf(configuration, operation),
  examined: examinedNamespaces(configuration),
}

describe('the generated rights', () => {
  it('name every Secret that they allow to read', () => {
    const rules = accessFor('judging', (place) => namespaceOf(configuration, place), limits).flatMap((one) => one.rules)
    const [rule] = rules.filter(({ resources }) => resources.includes('secrets'))
    expect(rule?.resourceNames).toEqual(expect.arrayContaining(['devlake-db', 'devlake-api-token', 'old-token']))
  })

  it.each([
    ['externalsecrets', ['devlake-db', 'devlake-grafana-secrets', 'devlake-secrets']],
    ['persistentvolumeclaims', [configuration.storage.claim]],
    ['ingresses', Object.values(configuration.ingresses).map(({ name }) => name)],
    ['applications', [configuration.application.name]],
    ['servicemonitors', [configuration.monitoring.serviceMonitor]],
  ])('name the %s that they allow to read', (resource, names) => {
    const rules = accessFor('judging', (place) => namespaceOf(configuration, place), limits).flatMap((one) => one.rules)
    const given = rules.filter(({ resources }) => resources.includes(resource))
    expect(given.map(({ verbs, resourceNames }) => ({ verbs, resourceNames }))).toEqual([
      { verbs: ['get'], resourceNames: [...names].sort() },
    ])
  })

  it('allow stories to sync no other Application than that of the service', () => {
    const rules = accessFor('writes', (place) => namespaceOf(configuration, place), limits).flatMap((one) => one.rules)
    const given = rules.filter(({ resources }) => resources.includes('applications'))
    expect(given).toMatchObject([{ verbs: ['patch'], resourceNames: [configuration.application.name] }])
  })

  it("name only Grafana's Secret in a namespace of its own", () => {
    const apart = configurationSchema(fawkes.names).parse({ grafana: { namespace: 'dashboards' } })
    const secretsIn = (wanted: string) =>
      accessFor('judging', (place) => namespaceOf(apart, place), { names: (one) => namesOf(apart, one) })
        .filter(({ namespace }) => namespace === wanted)
        .flatMap(({ rules }) => rules.filter(({ resources }) => resources.includes('secrets')))
        .map(({ resourceNames }) => resourceNames)
    expect(secretsIn('dashboards')).toEqual([['devlake-grafana-secrets']])
    expect(secretsIn('fawkes')).toEqual([expect.not.arrayContaining(['devlake-grafana-secrets'])])
  })

  it('include an Ingress or HTTPRoute in a namespace of its own, by its name', () => {
    const rightsIn = (given: object, wanted: string) => {
      const apart = configurationSchema(fawkes.names).parse(given)
      return accessFor('judging', (place) => namespaceOf(apart, place), { names: (one) => namesOf(apart, one) })
        .filter(({ namespace }) => namespace === wanted)
        .flatMap(({ rules }) => rules.map(({ resources, resourceNames }) => [resources[0], resourceNames]))
    }
    const edge = { ingresses: { service: { namespace: 'edge' } } }
    expect(rightsIn(edge, 'edge')).toEqual([
      ['services', undefined],
      ['ingresses', ['devlake']],
    ])
    expect(rightsIn(edge, 'fawkes')).toContainEqual(['ingresses', ['devlake-grafana']])
    const gateways = { ingresses: { grafana: { kind: 'HTTPRoute', namespace: 'gateways', name: 'boards' } } }
    expect(rightsIn(gateways, 'gateways')).toEqual([['httproutes', ['boards']]])
  })

  it('never limit a list, or what has no name in the configuration, to names', () => {
    const all = (['judging', 'diagnosis', 'writes'] as const).flatMap((purpose) =>
      accessFor(purpose, (place) => namespaceOf(configuration, place), limits).flatMap((one) => one.rules),
    )
    for (const { verbs, resourceNames } of all)
      if (resourceNames) expect(verbs.filter((verb) => verb !== 'get' && verb !== 'patch')).toEqual([])
  })

  it('are those of deploy/', () => {
    for (const [file, purposes] of [
      ['base', ['judging', 'diagnosis']],
      ['writes', ['writes']],
    ] as const) {
      const manifests = parseAllDocuments(readFileSync(join(root, 'deploy', file, 'access.yaml'), 'utf8')).map((one) =>
        one.toJS(),
      )
      const account = { namespace: 'dora-acceptance', name: 'dora-acceptance' }
      const defaults = configurationSchema(fawkes.names).parse({})
      const given = {
        names: (operation: Parameters<typeof namesOf>[1]) => namesOf(defaults, operation),
        examined: examinedNamespaces(defaults),
      }
      expect(manifests).toEqual(
        purposes.flatMap((purpose) =>
          accessManifests(purpose, (place) => namespaceOf(defaults, place), account, given),
        ),
      )
    }
  })

  it('allow to read logs and events in no other namespaces than those of the configuration', () => {
    const places = accessFor('diagnosis', (place) => namespaceOf(configuration, place), limits)
    const readable = (resource: string) =>
      places
        .filter(({ rules }) => rules.some(({ resources }) => resources.includes(resource)))
        .map((one) => one.namespace)
    expect(readable('pods/log')).toEqual(['fawkes', 'monitoring'])
    // Events about objects without a namespace, such as nodes and stores, are in the namespace default.
    expect(readable('events')).toEqual(['fawkes', 'monitoring', 'default'])
  })
})

describe('the preflight', () => {
  const missing = (allowed: (name: string | undefined) => boolean) => {
    const api = {
      mayI: async ({ name }: { name?: string }) => allowed(name),
      asked: (_operation: unknown, { name }: { name?: string }) => `get secrets ${name ?? ''}`.trim(),
    } as unknown as KubernetesApi
    const caller = { api, namespaceOf: () => 'fawkes', version: async () => 'v1.35.4', namesOf: limits.names }
    return missingFor(caller, operations.getSecret)
  }

  it('accepts rights that are limited to the needed names', async () => {
    expect(await missing((name) => name !== undefined)).toEqual([])
  })

  it('names the Secret that the rights lack, or all of them', async () => {
    const [one, ...more] = await missing((name) => name !== undefined && name !== 'devlake-db')
    expect(more).toEqual([])
    expect(one?.finding.found).toBe('403 Forbidden for devlake-db')
    expect(await missing(() => false)).toHaveLength(1)
  })
})
