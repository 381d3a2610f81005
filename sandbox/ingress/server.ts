/**
 * Stand-in for ingress-nginx: routes requests to ready endpoints by the host and path rules of the real Ingress objects. It
 * serves HTTP and TLS on two loopback ports and answers 404 and 503 where nginx does.
 */
import { createSecureContext, type SecureContext } from 'node:tls'
import httpProxy from '@fastify/http-proxy'
import type { V1Ingress, V1IngressClass, V1Secret } from '@kubernetes/client-node'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Ports } from '../basis/ports'
import { type Cache, type Cluster, reconcile } from '../cluster/cluster'
import { createAuthority, issue } from '../credentials/certificates'
import { type Directory, resolveService } from '../network/resolution'
import { asIngresses, type Gateways, runGateways } from './gateways'
import { certificateSecretOf, routeOf, served } from './routes'

export interface IngressCaches {
  readonly ingresses: Cache<V1Ingress>
  readonly classes: Cache<V1IngressClass>
  readonly secrets: Cache<V1Secret>
  /** Only where the Gateway API leads to the service. */
  readonly gateways?: Gateways
}

const page = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`

/** The ingresses that are served, and the routes of the Gateway API as such. */
const servedIn = ({ ingresses, classes, gateways }: IngressCaches): V1Ingress[] => [
  ...served(ingresses.items(), classes.items()),
  ...(gateways ? asIngresses(gateways) : []),
]

const hostOf = (request: FastifyRequest): string => (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
const upstreams = new WeakMap<object, string>()

/** Adds the routing, which is the same for HTTP and TLS. */
async function route(
  server: FastifyInstance,
  caches: IngressCaches,
  directory: Directory,
  ports: Ports,
): Promise<void> {
  await server.register(httpProxy, {
    upstream: '',
    websocket: false,
    preHandler: async (request, reply) => {
      const path = new URL(request.url, 'http://ingress').pathname
      const found = routeOf(servedIn(caches), hostOf(request), path)
      if (found === undefined) return reply.code(404).type('text/html').send(page('404 Not Found'))
      const resolution = resolveService(directory, ports, found.namespace, found.service, found.port)
      if ('failure' in resolution)
        return reply.code(503).type('text/html').send(page('503 Service Temporarily Unavailable'))
      upstreams.set(request.raw, `http://127.0.0.1:${resolution.port}`)
      return undefined
    },
    replyOptions: {
      getUpstream: (request) => upstreams.get('raw' in request ? request.raw : request) ?? '',
      rewriteRequestHeaders: (request, headers) => ({ ...headers, host: request.headers.host }),
      onError: (reply) => {
        reply.code(502).type('text/html').send(page('502 Bad Gateway'))
      },
    },
  })
}

/** Finds a host's certificate: from the secret that its ingress names, or an untrusted fallback. */
function certificates(caches: IngressCaches, fallback: SecureContext) {
  return (host: string): SecureContext => {
    const named = certificateSecretOf(servedIn(caches), host)
    const data = named === undefined ? undefined : caches.secrets.find(named.namespace, named.name)?.data
    const [cert, key] = [data?.['tls.crt'], data?.['tls.key']]
    if (cert === undefined || key === undefined) return fallback
    return createSecureContext({ cert: Buffer.from(cert, 'base64'), key: Buffer.from(key, 'base64') })
  }
}

export async function serveIngress(
  cluster: Cluster,
  caches: IngressCaches,
  directory: Directory,
  ports: Ports,
): Promise<void> {
  const fake = await issue(await createAuthority('Kubernetes Ingress Controller Fake Certificate'), {
    commonName: 'Kubernetes Ingress Controller Fake Certificate',
    dnsNames: ['ingress.local'],
    days: 30,
  })
  const fallback = createSecureContext({ cert: fake.certificate, key: fake.key })
  const certificateFor = certificates(caches, fallback)
  const plain = fastify()
  const secure = fastify({
    https: { cert: fake.certificate, key: fake.key, SNICallback: (host, answer) => answer(null, certificateFor(host)) },
  }) as unknown as FastifyInstance
  await Promise.all([route(plain, caches, directory, ports), route(secure, caches, directory, ports)])
  await Promise.all([
    plain.listen({ host: '127.0.0.1', port: ports.ingressHttp }),
    secure.listen({ host: '127.0.0.1', port: ports.ingressHttps }),
  ])
  if (caches.gateways) void runGateways(cluster, caches.gateways)
  // The real controller also sets the status of an ingress once it serves it.
  void reconcile('ingress', [caches.ingresses, caches.classes], async () => {
    for (const ingress of served(caches.ingresses.items(), caches.classes.items())) {
      if (ingress.status?.loadBalancer?.ingress?.[0]?.hostname === 'localhost') continue
      await cluster.mergeStatus('Ingress', ingress, { loadBalancer: { ingress: [{ hostname: 'localhost' }] } })
    }
  })
}
