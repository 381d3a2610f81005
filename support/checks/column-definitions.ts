/** Compares the definition of a column with the documented one. MySQL 8 and MariaDB describe the same definition differently. Pure. */
import { z } from 'zod'
import type { Column } from '../contracts/contract'

/** A column as information_schema describes it. */
export const columnRow = z.looseObject({
  name: z.string(),
  type: z.string(),
  nullable: z.string(),
  fallback: z.string().nullable().default(null),
  charset: z.string().nullable().default(null),
  expression: z.string().nullable().default(null),
  extra: z.string().default(''),
})
type ColumnRow = z.infer<typeof columnRow>

/** The columns of {@link columnRow}. */
export const columnFields =
  'column_name AS name, column_type AS type, is_nullable AS nullable, column_default AS fallback, character_set_name AS charset, generation_expression AS expression, extra AS extra'

/** A part of a column's definition that differs from the documented one. */
export interface ColumnChange {
  /** The end of the sentence that begins with the column. */
  readonly says: string
  readonly expected: string
  readonly found: string
}

/** The only column that follows the updates of its row. */
const rowUpdated = 'updated_at'

/** The parts that differ from the documented ones. The first is the one that explains most. */
export function columnChanges(
  { name, type, nullable, noDefault, autoIncrement }: Column,
  row: ColumnRow,
  characterSet: string,
): ColumnChange[] {
  const actual = withoutDisplayWidth(row.type)
  const allowsNull = row.nullable.toUpperCase() === 'YES'
  const nullability = (isNullable: boolean) => (isNullable ? 'NULL' : 'NOT NULL')
  const fallback = defaultOf(row)
  const counts = /auto_increment/i.test(row.extra)
  const changes: (ColumnChange | false)[] = [
    type !== undefined && actual !== type && { says: 'has the wrong type', expected: type, found: actual },
    Boolean(row.expression) && {
      says: 'is generated, so the service cannot write it',
      expected: 'a stored value',
      found: `generated from ${row.expression}`,
    },
    nullable !== undefined &&
      allowsNull !== nullable && {
        says: `${allowsNull ? 'allows' : 'does not allow'} NULL`,
        expected: nullability(nullable),
        found: nullability(allowsNull),
      },
    noDefault === true &&
      fallback !== null && {
        says: `has the default ${fallback}, which stands in for values that were never reported`,
        expected: 'no default',
        found: fallback,
      },
    name !== rowUpdated &&
      /on update/i.test(row.extra) && {
        says: 'is set to the current time whenever its row is updated',
        expected: 'the value that the service wrote',
        found: row.extra,
      },
    /\binvisible\b/i.test(row.extra) && {
      says: 'is invisible, so SELECT * leaves it out',
      expected: 'a visible column',
      found: row.extra,
    },
    autoIncrement === true &&
      !counts && { says: 'does not count up by itself', expected: 'AUTO_INCREMENT', found: row.extra || 'nothing' },
    row.charset !== null &&
      row.charset !== characterSet && {
        says: `has the character set ${row.charset}`,
        expected: characterSet,
        found: row.charset,
      },
  ]
  return changes.filter((change) => change !== false)
}

/** The default of a column; null if there is none. MariaDB names the default NULL, and writes others as SQL literals. */
function defaultOf({ fallback }: ColumnRow): string | null {
  return fallback === null || fallback.toUpperCase() === 'NULL' ? null : fallback.replace(/^'(.*)'$/s, '$1')
}

/** Removes the display width that MariaDB and MySQL before 8.0.19 add to integers: it does not affect the range of values. */
const withoutDisplayWidth = (type: string) =>
  type.toLowerCase().replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1')
