/** Primary keys made of a project and an id, and the longest names that the columns hold. */

/** Longest names, in characters; as in Apache DevLake for a project, and so that `rowId` fits into varchar(255). */
export const longest = { project: 100, id: 150, text: 255, rowId: 255 } as const

/**
 * The primary key of what is identified by its project and an id: `project:id`. A colon in the project is escaped, so
 * that the id is what follows the first colon and two pairs never share a key.
 */
export function rowId(project: string, id: string): string {
  return `${project.replaceAll('%', '%25').replaceAll(':', '%3A')}:${id}`
}

/** The SQL for the id within the project, from a column that holds a `rowId`. */
export const idWithinProject = (column: string): string => `SUBSTRING(${column}, LOCATE(':', ${column}) + 1)`
