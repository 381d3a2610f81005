/** Connections between the parts of a platform, as objects that findings may follow from. */

/**
 * @param client a component, "Prometheus", or "ingress controller"
 * @param service kind and name, such as "Service fawkes/devlake-mysql"
 */
export const connectionOf = (client: string, service: string): string => `connections of ${client} to ${service}`

/** True for the words of Go, Node, wget and curl about a connection that nothing answers, such as one that a policy drops. */
export const isTimeout = (text: string): boolean => /timed? ?out|deadline exceeded/i.test(text)

/** @param client a component whose pods find the other parts by their names */
export const resolutionBy = (client: string): string => `names that ${client} looks up`

/** True for the words of Go, Node, wget, curl, nginx and the C library about a name that no DNS server has told them. */
const isUnresolved = (text: string): boolean =>
  /lookup \S+(?: on \S+)?: .*timeout|server misbehaving|name resolution|EAI_AGAIN|bad address|could not resolve host|resolving timed out|host not found/i.test(
    text,
  )

/** The objects on which a connection relies beside its ends, by the words about its failure. */
export const waysTo = (client: string, service: string, words: string): string[] => [
  ...(isTimeout(words) ? [connectionOf(client, service)] : []),
  ...(isUnresolved(words) ? [resolutionBy(client)] : []),
]
