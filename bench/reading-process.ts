/** The frame of a program that reads a database in a process of its own, for `read` in reading.ts. */
import type { Connection } from 'mysql2'
import type { Reading } from './reading'

const database = new URL(process.env.DATABASE_URL ?? '')
export const server = { host: database.hostname, port: Number(database.port) }
export const credentials = { user: database.username, password: database.password, source: 'the benchmark' }

/** Runs statements one after the other and only counts their rows. */
export async function countedRows(
  connection: Connection,
  statements: readonly { readonly sql: string; readonly values?: readonly unknown[] }[],
): Promise<number> {
  let rows = 0
  for (const { sql, values = [] } of statements)
    await new Promise<void>((resolve, reject) => {
      connection
        .query({ sql, values: [...values], rowsAsArray: true })
        .on('error', reject)
        .on('result', () => rows++)
        .on('end', () => resolve())
    })
  connection.end()
  return rows
}

/** Runs the reading that the argument of the process names, and prints a {@link Reading}. */
export function measure(readings: Readonly<Record<string, () => Promise<number>>>): void {
  const reading = readings[process.argv[2] ?? '']
  if (!reading) throw new Error(`Expected an argument: one of ${Object.keys(readings).join(', ')}`)
  const begin = performance.now()
  reading().then((rows) => {
    const result: Reading = {
      milliseconds: performance.now() - begin,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      rows,
    }
    console.log(JSON.stringify(result))
  })
}
