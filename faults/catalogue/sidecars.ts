/** Faults of sidecars: init containers that run as long as their pod. Section 3 of the checklist. */
import { writeFileSync } from 'node:fs'
import { inState, podLogOf, previousPodLogOf } from '../../sandbox/basis/layout'
import { undoneInReverse } from '../doors/create'
import type { Doors } from '../doors/doors'
import { until, untilShown } from '../doors/until'
import { endedWithLog, inService, isRolledOut, namespace } from './breaking'
import type { Fault } from './fault'

const mysql = inService('statefulset', 'devlake-mysql')
const pod = inService('pod', 'devlake-mysql-0')

/** Adds the sidecar `mesh` to MySQL, which replaces its pod. */
async function withSidecar(doors: Doors): Promise<() => Promise<void>> {
  const initContainers = [{ name: 'mesh', image: 'example.org/mesh:1', restartPolicy: 'Always' }]
  const heal = await doors.patch(mysql, { spec: { template: { spec: { initContainers } } } })
  const undo = async () => {
    await heal()
    await until('MySQL to run alone again', isRolledOut(doors, mysql))
  }
  return untilShown(undo, 'MySQL to run with a sidecar', isRolledOut(doors, mysql))
}

export const sidecarFaults: readonly Fault[] = [
  {
    id: 'error-in-the-log-of-a-sidecar',
    title: 'A sidecar of MySQL logs an error',
    expects: { failed: ['3.2'], blocked: [] },
    // The pod of MySQL is replaced.
    needs: ['3.1', '3.3', '0.3'],
    cause: { object: 'Pod fawkes/devlake-mysql-0, container mesh', summary: 'contains errors' },
    apply: async (doors) => {
      const undo = await withSidecar(doors)
      const logsFile = inState('pods', 'mesh.log')
      writeFileSync(logsFile, `${new Date().toISOString()} stdout F level=error msg="no route to the control plane"\n`)
      const logs = [
        { containers: ['mesh'], logsFile },
        { containers: ['mysql'], logsFile: podLogOf('mysql'), previousLogsFile: previousPodLogOf('mysql') },
      ]
      const rule = { kind: 'clusterlogs', name: 'fawkes.devlake-mysql-0' }
      return undoneInReverse([undo, await doors.patch(rule, { spec: { logs } })])
    },
  },
  {
    id: 'sidecar-restarts-often',
    title: 'A sidecar of MySQL restarted 40 times; MySQL itself runs on',
    expects: { failed: ['3.3'], blocked: [] },
    needs: ['3.1', '3.2', '0.3'],
    cause: { object: 'Pod fawkes/devlake-mysql-0', summary: 'container mesh restarted 40 times' },
    apply: async (doors) => {
      const undo = await withSidecar(doors)
      const [running] = ((await doors.get(pod)).status?.initContainerStatuses ?? []) as readonly object[]
      const finishedAt = `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`
      const terminated = { reason: 'Completed', exitCode: 0, startedAt: finishedAt, finishedAt }
      const forget = endedWithLog('mysql', finishedAt)
      const heal = await doors.holdPod(namespace, pod.name, {
        initContainerStatuses: [{ ...running, restartCount: 40, lastState: { terminated } }],
      })
      return undoneInReverse([forget, undo, heal])
    },
  },
]
