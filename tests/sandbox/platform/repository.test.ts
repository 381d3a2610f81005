/** The repository from which the real ArgoCD deploys holds the workloads of each Application, and nothing that a fault breaks. */
import type { KubernetesObject } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { filesOf } from '../../../sandbox/platform/repository'

const object = (kind: string, name: string, instance: string, namespace = 'fawkes'): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, labels: { 'app.kubernetes.io/instance': instance } },
})
const application = (name: string, path: string) => ({
  kind: 'Application',
  metadata: { name, namespace: 'fawkes' },
  spec: { source: { path } },
})

describe('the repository', () => {
  it('holds the workloads and services of each Application in its path', () => {
    const files = filesOf([
      application('devlake', 'apps/devlake'),
      application('shop', 'apps/shop'),
      object('StatefulSet', 'devlake-lake', 'devlake'),
      object('Service', 'devlake-lake', 'devlake'),
      object('ExternalSecret', 'devlake-db', 'devlake'),
      object('Service', 'elsewhere', 'devlake', 'monitoring'),
      object('Deployment', 'shop', 'shop'),
    ])
    const namesIn = (path: string) =>
      parseAllDocuments(files.get(path) ?? '').map((document) => document.getIn(['metadata', 'name']))
    expect(namesIn('apps/devlake/manifests.yaml')).toEqual(['devlake-lake', 'devlake-lake'])
    expect(namesIn('apps/shop/manifests.yaml')).toEqual(['shop'])
    expect(files.size).toBe(2)
  })
})
