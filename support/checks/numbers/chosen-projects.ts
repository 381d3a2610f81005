/**
 * The configured projects, or all. Above `atMost`, a sample that rotates with the UTC date: every project is in the sample of
 * one of the next days, and two runs on the same day choose the same ones.
 * @param now in milliseconds since 1970 UTC
 */
export function chosenProjects(
  all: readonly string[],
  { only, atMost }: { readonly only?: readonly string[] | undefined; readonly atMost: number },
  now: number,
): string[] {
  const wanted = only ?? [...all].sort()
  const days = Math.ceil(wanted.length / atMost)
  const today = Math.floor(now / 86_400_000)
  return wanted.filter((_, index) => days <= 1 || index % days === today % days)
}
