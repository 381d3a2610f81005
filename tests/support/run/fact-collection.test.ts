/** The facts that are collected about the objects behind a failure. */
import { expect, it } from 'vitest'
import { collectFacts } from '../../../support/run/fact-collection'
import { cluster } from '../../fixtures/cluster'

it('the facts hold each store of an ExternalSecret, also those that only its entries name', async () => {
  const named = (name: string) => ({ sourceRef: { storeRef: { name, kind: 'ClusterSecretStore' } } })
  const store = (name: string) => ({ metadata: { name }, spec: { provider: { vault: {} } } })
  const externalSecret = {
    metadata: { name: 'devlake-db', namespace: 'fawkes' },
    spec: {
      secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
      data: [{ secretKey: 'mysql-password', remoteRef: { key: 'db' }, ...named('of-a-value') }],
      dataFrom: [named('of-several-values')],
    },
  }
  const clustersecretstores = ['vault', 'of-a-value', 'of-several-values', 'of-others'].map(store)
  const platform = await cluster({ externalsecrets: [externalSecret], clustersecretstores })
  const { secretStores } = await collectFacts(platform, [], new Date())
  expect(secretStores.map(({ metadata }) => metadata.name)).toEqual(['vault', 'of-a-value', 'of-several-values'])
})
