/** Derives RBAC objects from the declared operations, with exactly the verbs and resources that those need. Pure. */
import { allOperations } from './all-operations'
import type { Operation, Place } from './operations'
import { opensStream } from './streams'

/** The reason for a set of rights: judging read-only, diagnosing failures, or the stories of a run that may write. */
export type Purpose = 'judging' | 'diagnosis' | 'writes'

/** An RBAC rule. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac */
export interface AccessRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  /** The names of the objects to which the rule is limited; without them it holds for all. */
  readonly resourceNames?: readonly string[]
}

/** Limits of the rights that the configuration yields. */
export interface Limits {
  /** Returns the names of the objects of an operation; undefined if it is not limited to names. */
  readonly names?: (operation: Operation) => readonly string[] | undefined
  /** The namespaces that the diagnosis reads; the whole cluster when absent. */
  readonly examined?: readonly string[]
}

interface Access {
  /** The namespace in which the rules hold; undefined for the whole cluster, including resources without a namespace. */
  readonly namespace: string | undefined
  readonly rules: readonly AccessRule[]
}

interface Role {
  readonly apiVersion: string
  readonly kind: 'Role' | 'ClusterRole'
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules: readonly AccessRule[]
}

interface RoleBinding {
  readonly apiVersion: string
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding'
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly roleRef: { readonly apiGroup: string; readonly kind: Role['kind']; readonly name: string }
  readonly subjects: readonly object[]
}

interface ServiceAccount {
  readonly name: string
  readonly namespace: string
}

const group = 'rbac.authorization.k8s.io'

function purposeOf({ effect, sections }: Operation): Purpose {
  if (effect === 'write') return 'writes'
  return sections.length === 0 ? 'diagnosis' : 'judging'
}

/**
 * Returns the rules for a purpose by namespace, one rule per resource.
 * @param namespaceOf returns the namespace of a place, or undefined for a place that is not one namespace
 */
export function accessFor(
  purpose: Purpose,
  namespaceOf: (place: Place) => string | undefined,
  { names, examined }: Limits = {},
): readonly Access[] {
  const byNamespace = new Map<
    string | undefined,
    Map<string, { verbs: Set<string>; resourceNames?: readonly string[] }>
  >()
  for (const operation of allOperations.filter((one) => purposeOf(one) === purpose)) {
    const { verb, group: apiGroup, resource, subresource, place } = operation
    const resourceNames = names?.(operation)
    if (resourceNames?.length === 0) continue
    const isLimited = purpose === 'diagnosis' && place === 'all' && examined !== undefined
    for (const namespace of isLimited ? examined : [namespaceOf(place)]) {
      const resources = byNamespace.get(namespace) ?? new Map()
      byNamespace.set(namespace, resources)
      const key = `${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`
      const known = resources.get(key) ?? { verbs: new Set<string>(), ...(resourceNames ? { resourceNames } : {}) }
      resources.set(key, known)
      known.verbs.add(verb)
      if (opensStream(operation)) known.verbs.add('create')
    }
  }
  const everywhere = byNamespace.get(undefined)
  return [...byNamespace].map(([namespace, resources]) => ({
    namespace,
    rules: [...resources].sort(byKey).flatMap(([key, { verbs, resourceNames }]) => {
      const [apiGroup = '', ...resource] = key.split('/')
      // A right in the whole cluster includes each namespace.
      const granted = namespace === undefined ? undefined : everywhere?.get(key)?.verbs
      const left = [...verbs].filter((verb) => !granted?.has(verb)).sort()
      const rule = { apiGroups: [apiGroup], resources: [resource.join('/')], verbs: left }
      return left.length === 0 ? [] : [resourceNames ? { ...rule, resourceNames } : rule]
    }),
  }))
}

/** Returns the Roles, ClusterRoles and bindings that grant a ServiceAccount the rights for a purpose. */
export function accessManifests(
  purpose: Purpose,
  namespaceOf: (place: Place) => string | undefined,
  account: ServiceAccount,
  limits: Limits = {},
): readonly (Role | RoleBinding)[] {
  return accessFor(purpose, namespaceOf, limits).flatMap(({ namespace, rules }): (Role | RoleBinding)[] => {
    const kind = namespace === undefined ? 'ClusterRole' : 'Role'
    const name = purpose === 'judging' ? account.name : `${account.name}-${purpose}`
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) }
    return [
      { apiVersion: `${group}/v1`, kind, metadata, rules },
      {
        apiVersion: `${group}/v1`,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: group, kind, name },
        subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
      },
    ]
  })
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) => (one < other ? -1 : 1)
