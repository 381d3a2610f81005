/** Explains why the API server rejects the pods of several workloads: one quota, webhook or level of pod security is one cause. */
import { type CommandLine, command } from '../../basis/command'
import type { Insight } from '../facts/insight'

/** A workload whose pods the API server rejects, with its message. */
interface Rejected {
  readonly namespace: string
  /** Such as "StatefulSet devlake-ui". */
  readonly workload: string
  readonly rejection: string
}

interface Refuser {
  readonly object: string
  readonly remedy: CommandLine
}

/** Who rejects, by the messages of the API server. */
const refusers: readonly { readonly pattern: RegExp; readonly of: (namespace: string, name: string) => Refuser }[] = [
  {
    pattern: /exceeded quota: ([\w.-]+)/,
    of: (namespace, name) => ({
      object: `ResourceQuota ${namespace}/${name}`,
      remedy: command`kubectl describe resourcequota -n ${namespace} ${name}`,
    }),
  },
  {
    pattern: /failed calling webhook "([^"]+)"/,
    of: (_, name) => ({
      object: `admission webhook ${name}`,
      remedy: command`kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations -o yaml`,
    }),
  },
  {
    pattern: /violates PodSecurity "[^"]+"/,
    of: (namespace) => ({
      object: `Namespace ${namespace}, pod security`,
      remedy: command`kubectl get namespace ${namespace} --show-labels`,
    }),
  },
]

/** Returns who rejects the pods; undefined if the message names only the pod itself. */
export function refuserIn({ namespace, rejection }: Pick<Rejected, 'namespace' | 'rejection'>): Refuser | undefined {
  for (const { pattern, of } of refusers) {
    const [found, name = ''] = pattern.exec(rejection) ?? []
    if (found !== undefined) return of(namespace, name)
  }
  return undefined
}

/** Returns an insight about each one that rejects the pods of several workloads. */
export function refusersOf(rejected: readonly Rejected[]): Insight[] {
  const known = rejected.flatMap((one) => {
    const refuser = refuserIn(one)
    return refuser ? [{ ...one, ...refuser }] : []
  })
  return [...Map.groupBy(known, ({ object }) => object)].flatMap(([object, [first, ...others]]) => {
    if (!first || others.length === 0) return []
    const held = [first, ...others].map(({ workload }) => workload).join(', ')
    return [
      {
        object,
        problem: {
          summary: `${object} rejects the pods of ${held}: ${first.rejection}.`,
          object,
          expected: 'the pods are created',
          found: [first, ...others].map(({ workload, rejection }) => `${workload}: ${rejection}`).join('; '),
          remedy: [
            first.remedy,
            command`kubectl get events -n ${first.namespace} --field-selector reason=FailedCreate`,
          ],
        },
      },
    ]
  })
}
