/**
 * Section 2, Flux: the workloads of the service that a Kustomization leaves as they are. Its status says nothing about them.
 * Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
import { command, comment } from '../basis/command'
import type { Circumstances } from '../basis/expectation'
import type { Platform } from '../platform/platform'
import { objectOf, serviceWorkloads } from './workloads'

/** The annotations by which Flux does not apply an object, or only creates it. */
const skipping: Readonly<Record<string, readonly string[]>> = {
  'kustomize.toolkit.fluxcd.io/reconcile': ['disabled'],
  'kustomize.toolkit.fluxcd.io/ssa': ['ignore', 'ifnotpresent'],
}

/** Returns a problem for each workload of the service that Flux skips; none where Helm applies them. */
export async function skippedByFlux(platform: Platform): Promise<Circumstances[]> {
  if (platform.configuration.application.kind !== 'Kustomization') return []
  return (await serviceWorkloads(platform)).flatMap((workload) => {
    const { kind, metadata } = workload
    const { namespace = '', name, annotations } = metadata
    const found = Object.entries(annotations).find(([key, value]) => skipping[key]?.includes(value.toLowerCase()))
    if (!found) return []
    const [key, value] = found
    const object = objectOf(workload)
    return [
      {
        summary: `Flux does not apply changes of ${object}: its annotation ${key} is ${value}.`,
        object,
        explainsNothing: true,
        expected: `no annotation ${key}`,
        found: `${key}: ${value}`,
        remedy: [
          command`kubectl annotate ${kind.toLowerCase()} -n ${namespace} ${name} ${`${key}-`}`,
          comment`remove it from the manifest in the repository too, where it stands there`,
        ],
      },
    ]
  })
}
