/** Connections between the parts of a platform, as objects that findings may follow from. */

/**
 * @param client a component, "Prometheus", or "ingress controller"
 * @param service kind and name, such as "Service fawkes/devlake-mysql"
 */
export const connectionOf = (client: string, service: string): string => `connections of ${client} to ${service}`

/** True for the words of Go, Node, wget and curl about a connection that nothing answers, such as one that a policy drops. */
export const isTimeout = (text: string): boolean => /timed? ?out|deadline exceeded/i.test(text)
