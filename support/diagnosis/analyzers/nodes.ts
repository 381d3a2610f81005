/** Nodes whose kubelet is gone or that have run out of something. */
import { type Analyzer, objectOf } from '../facts/insight'

/** Conditions that are wrong when they are true, in the words of Kubernetes' documentation of node conditions. */
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'is short of memory',
  DiskPressure: 'is short of disk',
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
        trouble: {
          summary: `${object} ${what}${said === '' ? '' : ` (${said})`}.`,
          object,
          expected: 'Ready, and short of nothing',
          found: `${condition.type} ${condition.status}${said === '' ? '' : `: ${said}`}`,
          remedy: [
            `kubectl describe node ${metadata.name}`,
            `kubectl get pods -A --field-selector spec.nodeName=${metadata.name}`,
          ],
        },
      },
    ]
  })
