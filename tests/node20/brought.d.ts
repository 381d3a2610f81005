/** What node20.cjs brings to Node 20. */
interface MapConstructor {
  groupBy<K, V>(values: Iterable<V>, keyOf: (value: V, index: number) => K): Map<K, V[]>
}

declare module 'node:tls' {
  export function getCACertificates(kind?: 'default' | 'system'): string[]
}
