/** Section 0: the assignment of Prometheus objects to one of several operators. */
import { command } from '../basis/command'
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
