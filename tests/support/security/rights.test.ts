/** The rights are limited to the Secrets and namespaces of the configuration, and preflight asks for no more. */
import { describe, expect, it } from 'vitest'
import { configurationSchema } from '../../../support/configuration/schema'
import { fawkes } from '../../../support/flavours/fawkes/fawkes'
import { accessFor } from '../../../support/platform/access-rules'
import type { KubernetesApi } from '../../../support/platform/kubernetes-api'
import { examinedNamespaces, namesOf, namespaceOf, operations } from '../../../support/platform/operations'
import { missingFor } from '../../../support/platform/streams'

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
