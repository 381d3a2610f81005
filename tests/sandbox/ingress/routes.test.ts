import type { V1Ingress } from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { certificateSecretOf, routeOf, served } from '../../../sandbox/ingress/routes'

const path = (value: string, pathType: string, name: string, number: number) => ({
  path: value,
  pathType,
  backend: { service: { name, port: { number } } },
})

const devlake: V1Ingress = {
  metadata: { name: 'devlake', namespace: 'fawkes' },
  spec: {
    ingressClassName: 'nginx',
    tls: [{ hosts: ['devlake.example'], secretName: 'devlake-tls' }],
    rules: [
      {
        host: 'devlake.example',
        http: {
          paths: [
            path('/', 'Prefix', 'devlake-ui', 4000),
            path('/api', 'Prefix', 'devlake-lake', 8080),
            path('/api/exact', 'Exact', 'devlake-exact', 1),
          ],
        },
      },
    ],
  },
}

const service = (host: string, requested: string) => routeOf([devlake], host, requested)?.service

describe('routes of the ingress', () => {
  it('use the longest matching path', () => {
    expect(service('devlake.example', '/')).toBe('devlake-ui')
    expect(service('devlake.example', '/api')).toBe('devlake-lake')
    expect(service('devlake.example', '/api/ping')).toBe('devlake-lake')
  })

  it('match whole path elements', () => {
    expect(service('devlake.example', '/apis')).toBe('devlake-ui')
  })

  it('match an exact path only exactly', () => {
    expect(service('devlake.example', '/api/exact')).toBe('devlake-exact')
    expect(service('devlake.example', '/api/exact/more')).toBe('devlake-lake')
  })

  it('match no other host', () => {
    expect(service('other.example', '/')).toBeUndefined()
  })

  it('are served only for an ingress class of this controller', () => {
    const nginx = { metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } }
    const other = { metadata: { name: 'nginx' }, spec: { controller: 'example.com/other' } }
    expect(served([devlake], [nginx])).toEqual([devlake])
    expect(served([devlake], [other])).toEqual([])
    expect(served([devlake], [])).toEqual([])
  })

  it('name the secret with the certificate of their host', () => {
    expect(certificateSecretOf([devlake], 'devlake.example')).toEqual({ namespace: 'fawkes', name: 'devlake-tls' })
    expect(certificateSecretOf([devlake], 'other.example')).toBeUndefined()
  })
})
