/** Variants of logs: lines that hold the words of an error, and whose own level says that they are none. */
import { podLogOf } from '../../sandbox/basis/layout'
import type { Variant } from './variant'

const logged = (format: string, lines: readonly string[], process: 'lake' | 'mysql' = 'lake'): Variant => ({
  id: `harmless-lines-of-${format}`,
  title: `The log holds harmless lines with the words of an error, in the format of ${format}`,
  changes: [`log of ${format}`],
  apply: async (doors) => {
    const now = new Date().toISOString()
    return doors.append(podLogOf(process), lines.map((line) => `${now} stdout F ${line}\n`).join(''))
  },
})

export const logVariants: readonly Variant[] = [
  logged('logfmt', [
    'time="now" level=info msg="retry after ERROR was handled"',
    'time="now" level=warning msg="the error budget of checkout is used up" error="none"',
  ]),
  logged('json', [
    '{"level":"info","msg":"fatal: false, errors: 0","error":null}',
    '{"severity":"WARNING","message":"panic threshold not reached"}',
  ]),
  logged('klog', [
    'I1128 09:00:00.100000       1 leaderelection.go:1] error: none, failed to fail',
    'W1128 09:00:00.1 1 reflector.go:9] watch ended with: error',
  ]),
  logged('nginx', [
    '2026/11/28 09:00:00 [notice] 12#0: signal process started, no error',
    '10.0.0.1 - - [28/Nov/2026:09:00:00 +0000] "GET /errors/fatal HTTP/1.1" 200 12',
  ]),
  logged('python', [
    '2026-11-28 09:00:00,123 INFO root: 0 ERROR lines, no Exception',
    'WARNING:root:errors were ignored',
  ]),
  logged('java', ['2026-11-28 09:00:00.123  INFO 1 --- [main] o.e.ErrorController : ERROR pages are registered']),
  logged(
    'mysql',
    [
      '2026-11-28T09:00:00.000000Z 0 [Note] [MY-010051] [Server] ERROR log is opened',
      '2026-11-28T09:00:00.000000Z 0 [Warning] [MY-010068] [Server] CA certificate is self signed, no error',
    ],
    'mysql',
  ),
]
