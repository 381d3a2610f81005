/** The host names by which a Service is known in its cluster. */

/** Returns the Service at a URL such as http://NAME.NAMESPACE.svc:8080; undefined for any other. */
export function serviceAt(url: string): { readonly name: string; readonly namespace: string } | undefined {
  const [name, namespace, kind, ...more] = new URL(url).hostname.split('.')
  return name && namespace && kind === 'svc' && more.length === 0 ? { name, namespace } : undefined
}

/**
 * Returns true for the name of a Service that holds in every namespace: NAME.NAMESPACE, with the suffix .svc and the domain of the
 * cluster or without. Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service
 */
export function isHostOf(host: string, service: string, namespace: string): boolean {
  const [name, space, kind = 'svc'] = host.split('.')
  return name === service && space === namespace && kind === 'svc'
}
