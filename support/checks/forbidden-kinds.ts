/** Section 2: kinds of objects that an AppProject does not allow. No sync of an Application delivers them, by hand or not. */
import { LinePattern } from '../formats/line-pattern'
import { type ProjectRules, rulesOf } from '../platform/app-project'
import type { Application } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'

type Resource = Application['status']['resources'][number]
type List = NonNullable<ProjectRules['namespaceResourceWhitelist']>

/** The sync statuses of what a sync would deliver. ArgoCD does not know it of an object whose kind the project forbids. */
const undelivered = ['OutOfSync', 'Unknown']

/** Returns the resources not in sync that the project of an Application forbids; none if the caller may not read it. */
export async function forbiddenResources({ kubernetes }: Platform, application: Application): Promise<Resource[]> {
  const differing = application.status.resources.filter(({ status = '' }) => undelivered.includes(status))
  if (differing.length === 0) return []
  const rules = await rulesOf(kubernetes.api, application)
  return rules ? differing.filter((resource) => isForbidden(resource, rules)) : []
}

/** IsGroupKindPermitted in pkg/apis/application/v1alpha1/types.go: without a list, only objects of namespaces are allowed. */
export function isForbidden(resource: Pick<Resource, 'group' | 'kind' | 'namespace'>, rules: ProjectRules): boolean {
  const isNamespaced = Boolean(resource.namespace)
  const allowed = isNamespaced ? rules.namespaceResourceWhitelist : (rules.clusterResourceWhitelist ?? [])
  // An entry with a name forbids single objects.
  const denied = (isNamespaced ? rules.namespaceResourceBlacklist : rules.clusterResourceBlacklist)?.filter(
    ({ name }) => name === '',
  )
  return Boolean(denied && isIn(denied, resource)) || Boolean(allowed && !(isIn(allowed, resource) ?? true))
}

/** True if an entry matches the kind; undefined if none does, and one has a pattern that is not decided here. */
function isIn(list: List, { group, kind }: Pick<Resource, 'group' | 'kind'>): boolean | undefined {
  const found = list.map((entry) => both(matches(entry.group, group), matches(entry.kind, kind)))
  return found.includes(true) || (found.includes(undefined) ? undefined : false)
}

const both = (one: boolean | undefined, other: boolean | undefined) =>
  one === false || other === false ? false : one && other

/** Matches a pattern of filepath.Match; undefined for one with a class or an escape. */
function matches(pattern: string, value: string): boolean | undefined {
  if (/[[\\]/.test(pattern)) return undefined
  const wild: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]' }
  return new LinePattern(`^${pattern.replace(/[*?.+^$(){}|]/g, (part) => wild[part] ?? `\\${part}`)}$`).test(value)
}
