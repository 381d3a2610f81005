/** Names a property of a password or a token that easily gets into a Secret and is hard to see there, as by `echo` without -n. */
export function oddityOf(value: string): string {
  if (value === '') return ', which is empty'
  if (/[\r\n]$/.test(value)) return ', which ends with a line break'
  return value.trim() === value ? '' : ', which has leading or trailing spaces'
}
