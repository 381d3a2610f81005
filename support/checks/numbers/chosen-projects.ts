import { partOfDay } from '../rotation'

/**
 * The configured projects, or all. Above `atMost`, a sample that rotates with the UTC date.
 * @param now in milliseconds since 1970 UTC
 */
export function chosenProjects(
  all: readonly string[],
  { only, atMost }: { readonly only?: readonly string[] | undefined; readonly atMost: number },
  now: number,
): string[] {
  return partOfDay(only ?? [...all].sort(), atMost, now)
}
