/** The lines by which a report makes External Secrets read values again: the real operator does, whatever the policies are. */
import { execa } from 'execa'
import { beforeAll, expect, it } from 'vitest'
import { namespace } from '../../faults/catalogue/breaking'
import { create } from '../../faults/doors/create'
import { Doors } from '../../faults/doors/doors'
import { until } from '../../faults/doors/until'
import { untilReady } from '../../faults/real/conditions'
import { sandboxEnvironment } from '../../faults/runs/sandbox'
import { externalSecret } from '../../support/platform/custom-resources'
import { readingAgain } from '../../support/platform/external-secret-reads'

const reference = { kind: 'externalsecret', name: 'read-again', namespace }
const secret = { kind: 'secret', name: 'read-again', namespace }

let environment: Record<string, string>
let doors: Doors

beforeAll(async () => {
  environment = await sandboxEnvironment()
  doors = new Doors(environment)
})

const value = async () => ((await doors.get(secret)) as { readonly data?: { readonly value?: string } }).data?.value

/** Reads one property of the database's entry. */
const reading = (property: string) => [{ secretKey: 'value', remoteRef: { key: 'fawkes/devlake/db', property } }]

it.each<[string, object]>([
  ['Values that are refreshed', {}],
  ['Values that are read once', { refreshPolicy: 'CreatedOnce' }],
  [
    'Values that are read once for a Secret that stays',
    { refreshPolicy: 'CreatedOnce', target: { creationPolicy: 'Orphan' } },
  ],
  ['Values without an interval', { refreshInterval: '0' }],
  ['Values of an immutable Secret', { target: { immutable: true } }],
])('%s are read again', async (_, spec) => {
  const object = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: reference.name, namespace },
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      data: reading('mysql-password'),
      ...spec,
    },
  }
  const remove = await create(doors, object)
  try {
    await untilReady(doors, reference, true)
    const before = await value()
    await doors.patch(reference, { spec: { data: reading('mysql-root-password') } })
    const lines = readingAgain({ name: reference.name, namespace }, externalSecret.parse(object).spec)
    for (const line of lines) await execa('bash', ['-c', line], { env: environment })
    await until(
      'the new value',
      async () => (await doors.exists(secret)) && ![undefined, before].includes(await value()),
    )
    expect(await value()).not.toBe(before)
  } finally {
    await remove()
    await doors.kubectl(['delete', 'secret', secret.name, '-n', namespace, '--ignore-not-found'])
  }
})
