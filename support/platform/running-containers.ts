/** The containers of a pod that run as long as the pod. */

interface Containers<C, I> {
  readonly spec: { readonly containers: readonly C[]; readonly initContainers: readonly I[] }
}

/** Returns the containers and the sidecars, which are init containers that are always restarted. */
export const runningContainersOf = <C, I extends { readonly restartPolicy?: string | undefined }>({
  spec,
}: Containers<C, I>): readonly (C | I)[] => [
  ...spec.containers,
  ...spec.initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
]
