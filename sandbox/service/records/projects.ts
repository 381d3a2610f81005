/** Projects as the surfaces show them. */
import { z } from 'zod'
import type { Transaction } from '../database/database'

const projectRow = z.object({
  name: z.string(),
  description: z.string(),
  team: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
})
export type Project = z.infer<typeof projectRow>

export async function listProjects(transaction: Transaction): Promise<readonly Project[]> {
  return await transaction.rows(
    projectRow,
    'SELECT name, description, team, created_at AS createdAt, updated_at AS updatedAt FROM projects ORDER BY name',
  )
}

const nameRow = z.object({ name: z.string() })

export async function projectNames(transaction: Transaction): Promise<readonly string[]> {
  const rows = await transaction.rows(nameRow, 'SELECT name FROM projects ORDER BY name')
  return rows.map(({ name }) => name)
}
