/** `npm run sandbox -- status`: the state of every part. */
import { files } from '../basis/layout'
import { knownPorts } from '../basis/ports'
import { Processes } from '../basis/processes'
import { partNames, portOf } from '../parts/part'
import { hasOptions, storedOptions } from './options'

/** Reports each part and returns whether all of them are running. */
export async function status(report: (line: string) => void): Promise<boolean> {
  const processes = new Processes(files.processes)
  const ports = knownPorts()
  const line = (name: string, pid: string, port: string, state: string) =>
    report(`${name.padEnd(24)} ${pid.padStart(8)} ${port.padStart(6)}  ${state}`)
  line('part', 'pid', 'port', 'state')
  const expected = partNames(hasOptions() ? storedOptions() : { real: false })
  const down = expected.filter((name) => {
    const record = processes.find(name)
    const alive = processes.isRunning(name)
    const state = alive ? 'running' : record === undefined ? 'not started' : `died; its log is ${record.log}`
    line(name, record === undefined ? '-' : String(record.pid), String(ports?.[portOf[name]] ?? '-'), state)
    return !alive
  })
  if (down.length > 0)
    report(`${down.length} of ${expected.length} parts are not running. Start them with: npm run sandbox -- up`)
  return down.length === 0
}
