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
  /** True if it rejects pods because it does not exist. */
  readonly isMissing?: true
  /** True if it judges each pod, so that it may have several reasons. */
  readonly judges?: true
}

const webhook = (name: string): Refuser => ({
  object: `admission webhook ${name}`,
  remedy: command`kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations -o yaml`,
})

/** Who rejects, by the messages of the API server and of its admission plugins. */
const refusers: readonly { readonly pattern: RegExp; readonly of: (namespace: string, name: string) => Refuser }[] = [
  {
    // The second form is about pods without the requests or limits that the quota counts.
    pattern: /(?:exceeded|failed) quota: ([\w.-]+)/,
    of: (namespace, name) => ({
      object: `ResourceQuota ${namespace}/${name}`,
      remedy: command`kubectl describe resourcequota -n ${namespace} ${name}`,
    }),
  },
  {
    pattern:
      /(?:maximum|minimum) \S+ usage per (?:Container|Pod) is|max limit to request ratio per (?:Container|Pod) is/,
    of: (namespace) => ({
      object: `LimitRange of ${namespace}`,
      remedy: command`kubectl describe limitrange -n ${namespace}`,
    }),
  },
  { pattern: /failed calling webhook "([^"]+)"/, of: (_, name) => webhook(name) },
  {
    pattern: /admission webhook "([^"]+)" denied the request/,
    of: (_, name) => ({ ...webhook(name), judges: true }),
  },
  {
    pattern: /ValidatingAdmissionPolicy '([^']+)'/,
    of: (_, name) => ({
      object: `ValidatingAdmissionPolicy ${name}`,
      remedy: command`kubectl describe validatingadmissionpolicy ${name}`,
    }),
  },
  {
    pattern: /violates PodSecurity "[^"]+"/,
    of: (namespace) => ({
      object: `Namespace ${namespace}, pod security`,
      remedy: command`kubectl get namespace ${namespace} --show-labels`,
    }),
  },
  {
    pattern: /serviceaccount "([^"]+)" not found/,
    of: (namespace, name) => ({
      object: `ServiceAccount ${namespace}/${name}`,
      remedy: command`kubectl get serviceaccounts -n ${namespace}`,
      isMissing: true,
    }),
  },
  {
    pattern: /no PriorityClass with name (\S+) was found/,
    of: (_, name) => ({
      object: `PriorityClass ${name}`,
      remedy: command`kubectl get priorityclasses`,
      isMissing: true,
    }),
  },
  {
    pattern: /RuntimeClass "([^"]+)" not found/,
    of: (_, name) => ({
      object: `RuntimeClass ${name}`,
      remedy: command`kubectl get runtimeclasses`,
      isMissing: true,
    }),
  },
]

/** Returns who rejects the pods, with a key of the reason; undefined if the message names only the pod itself. */
export function refuserIn(rejected: Rejected): (Refuser & { readonly key: string }) | undefined {
  const { namespace, rejection } = rejected
  for (const { pattern, of } of refusers) {
    const [found, name = ''] = pattern.exec(rejection) ?? []
    if (found === undefined) continue
    const refuser = of(namespace, name)
    return { ...refuser, key: refuser.judges ? `${refuser.object}: ${reasonIn(rejected)}` : refuser.object }
  }
  return undefined
}

/** The message without the words that name the pod. */
function reasonIn({ workload, rejection }: Rejected): string {
  const name = workload.split(' ').at(-1) ?? workload
  return rejection
    .split(/\s+/)
    .filter((word) => !word.includes(name))
    .join(' ')
}

/** Returns an insight about each one that rejects the pods of several workloads. */
export function refusersOf(rejected: readonly Rejected[]): Insight[] {
  const known = rejected.flatMap((one) => {
    const refuser = refuserIn(one)
    return refuser ? [{ ...one, ...refuser }] : []
  })
  return [...Map.groupBy(known, ({ key }) => key)].flatMap(([key, [first, ...others]]) => {
    if (!first || others.length === 0) return []
    const { object, isMissing } = first
    const held = [first, ...others].map(({ workload }) => workload).join(', ')
    const what = isMissing ? `does not exist, so the pods of ${held} are rejected` : `rejects the pods of ${held}`
    return [
      {
        object: key,
        problem: {
          summary: `${object} ${what}: ${first.rejection}.`,
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
