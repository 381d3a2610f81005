/** The delivery by Flux: a Kustomization or HelmRelease, and the sources that it comes from. */
import { command } from '../basis/command'
import { Unmet } from '../basis/expectation'
import type { FluxSource, HelmRelease, Kustomization } from '../platform/flux-resources'
import type { ObjectReference } from '../platform/one-object'
import type { Platform } from '../platform/platform'
import { fluxCandidates } from './candidates'
import { expectAlive, missing } from './lifecycle'

type PlacedReference = ObjectReference & { readonly namespace: string }

/** The delivery as Flux has it: what is delivered, and the references to the sources it comes from, the nearest first. */
export interface Delivery {
  readonly object: Kustomization | HelmRelease
  readonly sources: readonly PlacedReference[]
  readonly path: string | undefined
  readonly chart: string | undefined
  readonly version: string | undefined
}

/** The names of the object that delivers the service, and the commands that show it. */
export function namesOf({ configuration }: Platform) {
  const { kind, name, namespace } = configuration.application
  const resource = kind.toLowerCase()
  return {
    ...{ kind, name, namespace, resource, object: `${kind} ${namespace}/${name}` },
    remedy: [command`kubectl describe ${resource} -n ${namespace} ${name}`],
    controllers: [`workloads labelled ${configuration.dependencies.flux.selector}`],
  }
}

/** Returns the delivery. @throws Unmet if the object does not exist or is being deleted */
export async function deliveryOf(platform: Platform): Promise<Delivery> {
  const { kind, name, namespace, object, resource } = namesOf(platform)
  const found =
    kind === 'HelmRelease'
      ? await platform.kubernetes.flux.helmRelease(name)
      : await platform.kubernetes.flux.kustomization(name)
  if (!found)
    throw missing(object, [...(await fluxCandidates(platform)), command`kubectl get ${resource} -n ${namespace}`])
  // A suspended object keeps an old generation: its own finding says so.
  expectAlive(kind, { metadata: { ...found.metadata, generation: undefined } }, { object })
  const at = (reference: ObjectReference, from = namespace) => ({
    ...reference,
    namespace: reference.namespace ?? from,
  })
  if ('sourceRef' in found.spec) {
    const { sourceRef, path } = found.spec
    return { object: found, sources: [at(sourceRef)], path, chart: undefined, version: undefined }
  }
  const release = found as HelmRelease
  const { chart, chartRef } = release.spec
  const helmChart = chartRef?.kind === 'HelmChart' ? at(chartRef) : madeOf(release)
  const { spec } = (helmChart && (await platform.kubernetes.flux.source(helmChart))) ?? {}
  const origin = chart ? at(chart.spec.sourceRef) : spec?.sourceRef && at(spec.sourceRef, helmChart?.namespace)
  return {
    object: found,
    sources: [helmChart, origin, helmChart ? undefined : chartRef && at(chartRef)].filter((one) => one !== undefined),
    path: undefined,
    chart: chart?.spec.chart ?? spec?.chart,
    version: chart?.spec.version ?? spec?.version,
  }
}

/** The HelmChart that Flux made of the template in a release: status.helmChart, as "namespace/name". */
function madeOf({ status: { helmChart } }: HelmRelease): PlacedReference | undefined {
  const [namespace, name] = helmChart?.split('/') ?? []
  return namespace && name ? { kind: 'HelmChart', name, namespace } : undefined
}

/** The kind, namespace and name of a source. */
export const inWords = ({ kind, name, namespace }: PlacedReference) => `${kind} ${namespace}/${name}`

/** Returns the sources, the nearest first. @throws Unmet if the delivery names none, or if one does not exist */
export async function sourcesOf(platform: Platform, { sources }: Delivery): Promise<FluxSource[]> {
  const { object, remedy } = namesOf(platform)
  if (sources.length === 0)
    throw new Unmet({
      summary: `${object} names no source.`,
      object,
      expected: 'a reference to a source',
      found: 'none',
      remedy,
    })
  const found: FluxSource[] = []
  for (const reference of sources.toReversed()) {
    const source = await platform.kubernetes.flux.source(reference)
    const { kind, namespace } = reference
    const place = inWords(reference)
    if (!source) throw missing(place, [command`kubectl get ${kind.toLowerCase()} -n ${namespace}`], [place])
    found.unshift(source)
  }
  return found
}
