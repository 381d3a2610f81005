/** Derives RBAC objects from the declared operations, with exactly the verbs and resources that those need. Pure. */
import { type Operation, operations, type Place } from './operations'
import { opensStream } from './streams'

/** The reason for a set of rights: judging read-only, diagnosing failures, or the stories of a run that may write. */
export type Purpose = 'judging' | 'diagnosis' | 'writes'

/** An RBAC rule. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac */
export interface AccessRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
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
export function accessFor(purpose: Purpose, namespaceOf: (place: Place) => string | undefined): readonly Access[] {
  const verbs = new Map<string | undefined, Map<string, Set<string>>>()
  for (const operation of Object.values<Operation>(operations).filter((one) => purposeOf(one) === purpose)) {
    const { verb, group: apiGroup, resource, subresource, place } = operation
    const namespace = namespaceOf(place)
    const resources = verbs.get(namespace) ?? new Map<string, Set<string>>()
    verbs.set(namespace, resources)
    const key = `${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`
    const known = resources.get(key) ?? new Set<string>()
    resources.set(key, known.add(verb))
    if (opensStream(operation)) known.add('create')
  }
  return [...verbs].map(([namespace, resources]) => ({
    namespace,
    rules: [...resources].sort(byKey).map(([key, allowed]) => {
      const [apiGroup = '', ...resource] = key.split('/')
      return { apiGroups: [apiGroup], resources: [resource.join('/')], verbs: [...allowed].sort() }
    }),
  }))
}

/** Returns the Roles, ClusterRoles and bindings that grant a ServiceAccount the rights for a purpose. */
export function accessManifests(
  purpose: Purpose,
  namespaceOf: (place: Place) => string | undefined,
  account: ServiceAccount,
): readonly (Role | RoleBinding)[] {
  return accessFor(purpose, namespaceOf).flatMap(({ namespace, rules }): (Role | RoleBinding)[] => {
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
