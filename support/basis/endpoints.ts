/** The conditions of an endpoint in an EndpointSlice. */
interface EndpointConditions {
  readonly ready?: boolean | null | undefined
  readonly serving?: boolean | null | undefined
  readonly terminating?: boolean | null | undefined
}

/**
 * Returns true if a ready pod is behind an endpoint. With publishNotReadyAddresses an endpoint is ready whatever its pod is; then
 * `serving` says whether the pod is ready.
 */
export const isBackedByReadyPod = ({ ready, serving, terminating }: EndpointConditions): boolean =>
  ready !== false && serving !== false && !terminating
