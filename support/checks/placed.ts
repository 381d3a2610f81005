/** The platform as the checks of one part see it: Grafana, and what leads in from outside, may lie in namespaces of their own. */
import type { Component, Entry } from '../contracts/contract'
import type { Kubernetes } from '../platform/kubernetes'
import type { Platform } from '../platform/platform'

/** The platform that each view was made from. */
const origins = new WeakMap<Platform, Platform>()
const views = new WeakMap<Platform, Map<string, Platform>>()

/**
 * Returns the platform whose namespace is that of a component, or of its Secret. It is the platform itself unless Grafana has a
 * namespace of its own.
 */
export const placed = (platform: Platform, part: Component | Entry | 'database'): Platform =>
  viewOf(platform, (kubernetes) => kubernetes.of(part))

/** Returns the platform whose namespace is that of the Ingress, HTTPRoute or Service that leads to a role from outside. */
export const placedEntry = (platform: Platform, role: Entry): Platform =>
  viewOf(platform, (kubernetes) => kubernetes.entry(role))

function viewOf(platform: Platform, clientOf: (kubernetes: Kubernetes) => Kubernetes): Platform {
  const origin = origins.get(platform) ?? platform
  const kubernetes = clientOf(origin.kubernetes)
  if (kubernetes === origin.kubernetes) return origin
  const { namespace } = kubernetes
  const all = views.get(origin) ?? new Map<string, Platform>()
  views.set(origin, all)
  const known = all.get(namespace)
  if (known) return known
  const view: Platform = Object.create(origin, {
    kubernetes: { value: kubernetes, enumerable: true },
    configuration: { value: { ...origin.configuration, namespace }, enumerable: true },
  })
  origins.set(view, origin)
  all.set(namespace, view)
  return view
}
