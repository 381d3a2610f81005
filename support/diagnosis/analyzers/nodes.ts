/** Explains nodes that are not Ready or that lack memory, disk, process ids or network. */
import { command } from '../../basis/command'
import { type Analyzer, objectOf } from '../facts/insight'

/** Conditions that are a problem if they are true, see Kubernetes' documentation of node conditions. */
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'is low on memory',
  DiskPressure: 'is low on disk space',
  PIDPressure: 'runs too many processes',
  NetworkUnavailable: 'has no network',
}

export const nodes: Analyzer = ({ nodes }) =>
  nodes.flatMap(({ metadata, status }) => {
    const object = objectOf('Node', metadata)
    const ready = status.conditions.find(({ type }) => type === 'Ready')
    const pressure = status.conditions.find(({ type, status }) => type in pressures && status === 'True')
    const condition = ready?.status === 'True' ? pressure : ready
    if (!condition) return []
    const what = condition === ready ? 'is not Ready' : (pressures[condition.type] ?? condition.type)
    const said = [condition.reason, condition.message].filter(Boolean).join(': ')
    return [
      {
        object,
        problem: {
          summary: `${object} ${what}${said === '' ? '' : ` (${said})`}.`,
          object,
          expected: `Ready, and none of ${Object.keys(pressures).join(', ')}`,
          found: `${condition.type} ${condition.status}${said === '' ? '' : `: ${said}`}`,
          remedy: [
            command`kubectl describe node ${metadata.name}`,
            command`kubectl get pods -A --field-selector spec.nodeName=${metadata.name}`,
          ],
        },
      },
    ]
  })
