/** Section 0: the assignment of Prometheus objects to one of several operators. */
import { command, comment } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { PrometheusObject } from '../platform/custom-resources'
import type { Workload } from '../platform/parsed-objects'

const annotation = 'operator.prometheus.io/controller-id'

/**
 * Returns a problem for a Prometheus object that its annotation assigns to none of the deployed operators: they ignore it, and its
 * status stays as it was.
 */
export function assignmentProblems({ metadata }: PrometheusObject, operators: readonly Workload[]): Circumstances[] {
  const wanted = metadata.annotations[annotation] ?? ''
  const ids = operators.map(({ spec }) => spec.template.controllerId)
  // A flag that refers to a variable has a value that the workload does not show.
  if (ids.length === 0 || ids.some((id) => id === wanted || id.includes('$('))) return []
  const { namespace = '', name } = metadata
  const object = `Prometheus ${namespace}/${name}`
  const expected = ids.find((id) => id !== '')
  return [
    {
      summary: `${object} is assigned to another Prometheus Operator than the deployed one.`,
      object,
      expected: expected === undefined ? `no annotation ${annotation}` : `${annotation}: ${expected}`,
      found: wanted === '' ? 'no such annotation' : `${annotation}: ${wanted}`,
      remedy: [
        expected === undefined
          ? command`kubectl annotate prometheus -n ${namespace} ${name} ${`${annotation}-`}`
          : command`kubectl annotate prometheus -n ${namespace} ${name} --overwrite ${`${annotation}=${expected}`}`,
      ],
    },
  ]
}

/** Returns a problem for an object in a namespace that none of the deployed operators watches, so that they never see it. */
export function unwatchedProblems(
  kind: 'Prometheus' | 'ServiceMonitor',
  { namespace = '', name }: { readonly namespace?: string | undefined; readonly name: string },
  operators: readonly Workload[],
): Circumstances[] {
  const [operator] = operators
  const isWatchedBy = ({ spec: { template } }: Workload) => {
    const watched = kind === 'Prometheus' ? template.watchedForPrometheus : template.watched
    // A flag that refers to a variable has a value that the workload does not show.
    const isUnknown = [...watched, ...template.ignored].some((one) => one.includes('$('))
    return isUnknown || ((watched.length === 0 || watched.includes(namespace)) && !template.ignored.includes(namespace))
  }
  if (!operator || operators.some(isWatchedBy)) return []
  const { watched, ignored } = operator.spec.template
  const object = `${kind} ${namespace}/${name}`
  return [
    {
      summary: `The Prometheus Operator does not watch the namespace ${namespace}, so it never sees ${object}.`,
      object,
      expected: `${namespace} among the namespaces of the operator`,
      found: watched.length > 0 ? `namespaces ${watched.join(', ')}` : `all namespaces but ${ignored.join(', ')}`,
      remedy: [
        command`kubectl get ${operator.kind.toLowerCase()} -n ${operator.namespace} ${operator.name} -o jsonpath='{.spec.template.spec.containers[*].args}'`,
        comment`add the namespace to its flags --namespaces and --prometheus-instance-namespaces, or take it from --deny-namespaces`,
      ],
    },
  ]
}
