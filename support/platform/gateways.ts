/** Reads the resources of the Gateway API. */
import { type Gateway, type GatewayClass, gateway, gatewayClass, type HttpRoute, httpRoute } from './gateway-resources'
import type { KubernetesApi } from './kubernetes-api'
import { oneObject } from './one-object'
import { operations } from './operations'

export class Gateways {
  /** @param namespace of the routes */
  constructor(
    private readonly api: KubernetesApi,
    private readonly namespace: string,
  ) {}

  route(name: string): Promise<HttpRoute | undefined> {
    const reference = { kind: 'HTTPRoute', name, namespace: this.namespace }
    return oneObject(this.api, httpRoute, operations.getHttpRoute, reference)
  }

  gateway(namespace: string, name: string): Promise<Gateway | undefined> {
    return oneObject(this.api, gateway, operations.getGateway, { kind: 'Gateway', name, namespace })
  }

  class(name: string): Promise<GatewayClass | undefined> {
    return oneObject(this.api, gatewayClass, operations.getGatewayClass, { kind: 'GatewayClass', name })
  }
}
