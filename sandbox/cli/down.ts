/** `npm run sandbox -- down`: ends what `up` started, and nothing else. */
import { files } from '../basis/layout'
import { alone } from '../basis/lock'
import { Processes } from '../basis/processes'

/** Servers that end after their clients, which would otherwise wait for them or log errors. */
const last: readonly string[] = ['kube-apiserver', 'etcd']

/** Ends the named parts and waits until they are gone. */
export async function stop(processes: Processes, names: readonly string[]): Promise<void> {
  await Promise.all(names.filter((name) => !last.includes(name)).map((name) => processes.stop(name)))
  for (const name of last.filter((candidate) => names.includes(candidate))) await processes.stop(name)
}

/** Ends every running part. Data and logs stay readable until the next `up`. */
export function down(report: (line: string) => void): Promise<void> {
  return alone(report, async () => {
    const processes = new Processes(files.processes)
    const names = processes.all().map(({ name }) => name)
    const running = names.filter((name) => processes.isRunning(name))
    await stop(processes, names)
    report(
      running.length === 0
        ? 'The sandbox was not running.'
        : `The sandbox is down: ${running.length} of ${names.length} parts were running.`,
    )
  })
}
