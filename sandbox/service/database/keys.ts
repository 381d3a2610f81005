/** Primary keys made of a project and an id, and the longest names that the columns hold. */

/** Maximum lengths in characters. A project's is DevLake's; the others make `rowId` fit into varchar(255). */
export const longest = { project: 100, id: 150, text: 255, rowId: 255 } as const

/**
 * The primary key of a row that is identified by its project and an id: `project:id`. Colons in the project are
 * escaped, so the id is everything after the first colon and no two pairs share a key.
 */
export function rowId(project: string, id: string): string {
  return `${project.replaceAll('%', '%25').replaceAll(':', '%3A')}:${id}`
}

/** SQL for the id within the project, from a column that holds a `rowId`. */
export const idWithinProject = (column: string): string => `SUBSTRING(${column}, LOCATE(':', ${column}) + 1)`
