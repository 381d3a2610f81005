/** The platform as the checks of one part see it: Grafana may lie in a namespace of its own. */
import type { Component, Entry } from '../contracts/contract'
import type { Platform } from '../platform/platform'

/** The platform that each view was made from. */
const origins = new WeakMap<Platform, Platform>()
const views = new WeakMap<Platform, Platform>()

/**
 * Returns the platform whose namespace is that of a component, of what leads to it from outside, or of its Secret. It is the
 * platform itself unless Grafana has a namespace of its own.
 */
export function placed(platform: Platform, part: Component | Entry | 'database'): Platform {
  const origin = origins.get(platform) ?? platform
  if (part !== 'grafana') return origin
  const { configuration } = origin
  const { namespace = configuration.namespace } = configuration.grafana
  if (namespace === configuration.namespace) return origin
  const known = views.get(origin)
  if (known) return known
  const view: Platform = Object.create(origin, {
    kubernetes: { value: origin.kubernetes.of(part), enumerable: true },
    configuration: { value: { ...configuration, namespace }, enumerable: true },
  })
  origins.set(view, origin)
  views.set(origin, view)
  return view
}
