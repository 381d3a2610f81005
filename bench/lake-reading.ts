/** Reads the large lake once: `reading` only counts its rows, `lake` judges all its projects. Prints a Reading. */
import { createConnection } from 'mysql2'
import { configurationSchema } from '../support/configuration/schema'
import { day } from '../support/dora/definitions'
import { devlake } from '../support/flavours/devlake/devlake'
import { readLake } from '../support/flavours/devlake/lake-rows'
import { collectedUntil } from '../support/flavours/devlake/oracle/collections'
import { reportPanels, traps } from '../support/flavours/devlake/reporting'
import { administrationTables } from '../support/flavours/devlake/rows/administration'
import { lakeTables } from '../support/flavours/devlake/rows/rows'
import { Database } from '../support/platform/database'
import { inMySql } from '../support/platform/database-commands'
import { countedRows, credentials, measure, server } from './reading-process'

/** Runs the statements that read a lake and only counts their rows. */
async function countRows(): Promise<number> {
  const connection = createConnection({ ...server, ...credentials, database: 'lake' })
  const tables = [...Object.values(lakeTables), ...Object.values(administrationTables)]
  return countedRows(
    connection,
    tables.map(({ select }) => ({ sql: select })),
  )
}

/** Computes the panels of each project over a month and looks for traps, as a run does. Returns the number of rows. */
async function judge(): Promise<number> {
  const configuration = configurationSchema(devlake.names).parse({ contract: 'devlake' })
  const client = new Database({ tcp: async () => server }, configuration, () => {}, false)
  const read = await readLake(client, credentials, (statement) => inMySql({ configuration }, statement))
  const { administration } = read
  const lake = { ...read.lake, collectedUntil: collectedUntil(administration) }
  const end = Date.parse('2026-04-26T00:00:00Z')
  for (const { name } of administration.projects) {
    const withData = reportPanels(lake, name, { start: end - 30 * day, end }).filter(({ hasData }) => hasData)
    if (withData.length === 0) throw new Error(`The panels of ${name} have no data.`)
  }
  const found = Object.values(traps).flatMap((trap) => trap(lake, administration, 'http://localhost', end))
  if (found.length > 0) throw new Error(`The lake has a trap: ${found[0]?.summary}`)
  await client.close()
  const lists = [
    ...Object.keys(lakeTables).map((part) => lake[part as keyof typeof lakeTables]),
    ...Object.values(administration),
  ]
  return lists.reduce((sum, rows) => sum + rows.length, 0)
}

measure({ reading: countRows, lake: judge })
