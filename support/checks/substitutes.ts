/** Section 0: the checks of a dependency, or of what the configuration names in its place. */
import type { Dependency } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import { expectDeployed, expectIngressClass } from './dependencies'
import { expectGatewayClasses, isRouted } from './http-routes'

/** Flux in the place of ArgoCD, where it delivers the service; the Gateway API in that of the ingress controller. */
export async function expectDependency(platform: Platform, dependency: Dependency): Promise<void> {
  const isFlux = platform.configuration.application.kind !== 'Application'
  if (dependency === 'ingressController' && hasOnlyRoutes(platform)) return expectGatewayClasses(platform)
  return expectDeployed(platform, dependency === 'argocd' && isFlux ? 'flux' : dependency)
}

/** 0.4: checks that the cluster has a class by which a controller handles what leads to the service. */
export async function expectEntryClass(platform: Platform): Promise<void> {
  return hasOnlyRoutes(platform) ? expectGatewayClasses(platform) : expectIngressClass(platform)
}

const hasOnlyRoutes = (platform: Platform): boolean => isRouted(platform, 'service') && isRouted(platform, 'grafana')
