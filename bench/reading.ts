/** A program that reads a database, measured in a process of its own. */
import { join, resolve } from 'node:path'
import { execa } from 'execa'

export interface Reading {
  readonly milliseconds: number
  readonly peakMegabytes: number
  readonly rows: number
}

const root = resolve(__dirname, '..')

/** The longest time that one reading may take, in milliseconds. */
const deadline = 600_000

/**
 * Runs one reading in its own process, so that its peak memory is measured alone.
 * @param heap in megabytes: V8 collects garbage late while memory is plentiful, and in a small heap the peak is close to the
 *   memory actually needed
 * @throws Error when the process fails, takes longer than the deadline, or prints no measurement
 */
export async function read(program: string, what: string, url: string, heap: number): Promise<Reading> {
  const { stdout } = await execa(
    join(root, 'node_modules/.bin/node'),
    [`--max-old-space-size=${heap}`, '--max-semi-space-size=8', '-r', 'ts-node/register', program, what],
    { cwd: root, env: { DATABASE_URL: url }, timeout: deadline },
  )
  if (stdout === '') throw new Error(`${program} ${what} ended without a measurement.`)
  return JSON.parse(stdout) as Reading
}

export function median(measured: readonly Reading[]): Reading {
  const middle = [...measured].sort((a, b) => a.milliseconds - b.milliseconds)[Math.floor(measured.length / 2)]
  if (!middle) throw new Error('There are no measurements.')
  return middle
}

export const shown = ({ milliseconds, peakMegabytes, rows }: Reading) =>
  `${(milliseconds / 1000).toFixed(2)} s  ${rows} rows  ${peakMegabytes.toFixed(0)} MB peak`
