/** Faults of logs: section 3 of the checklist. */
import { podLogOf } from '../../sandbox/basis/layout'
import type { Fault } from './fault'

/** Appends lines to the log of a container, in the format of a container runtime. */
const logged = (id: string, title: string, process: 'lake' | 'mysql', lines: readonly string[]): Fault => ({
  id,
  title,
  expects: { failed: ['3.2'], blocked: [] },
  cause: { object: `Pod fawkes/devlake-${process}-0, container ${process}`, summary: 'contains errors' },
  apply: async (doors) => {
    const now = new Date().toISOString()
    return doors.append(podLogOf(process), lines.map((line) => `${now} stdout F ${line}\n`).join(''))
  },
})

export const logFaults: readonly Fault[] = [
  logged('error-in-the-log-of-mysql', 'MySQL logs that its disk is full', 'mysql', [
    "0 [ERROR] [MY-011072] [Server] Disk is full writing './binlog.000002'",
  ]),
  logged('error-in-the-log', 'The lake logs an error', 'lake', [
    'time="now" level=error msg="the plugin github could not be loaded"',
  ]),
  logged(
    'error-that-names-an-unknown-project',
    'The lake logs an error that names the project for which the suite asks in vain',
    'lake',
    [
      'time="now" level=error msg="cannot store the metrics of no-such-project-of-this-platform: Error 1205: Lock wait timeout exceeded"',
    ],
  ),
  logged('klog-error-in-the-log', 'A library in the lake logs an error in the format of klog', 'lake', [
    'E1128 09:00:00.1       1 leaderelection.go:1] boom',
  ]),
  logged('traceback-in-the-log', 'A plugin of the lake in Python ends with a traceback', 'lake', [
    'time="now" level=info msg="the plugin azuredevops starts"',
    'Traceback (most recent call last):',
    '  File "/app/python/plugins/azuredevops/run.py", line 1, in <module>',
    "ModuleNotFoundError: No module named 'pydevlake'",
  ]),
  logged('deadlock-in-the-log', 'All goroutines of the lake are asleep', 'lake', [
    'fatal error: all goroutines are asleep - deadlock!',
    'goroutine 1 [chan receive]:',
  ]),
]
