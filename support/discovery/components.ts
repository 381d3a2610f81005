/** Finds the components of the service: a Kubernetes Service whose name, ports and pods look like one. */
import { type Component, components } from '../contracts/contract'
import type { Found, Snapshot } from './snapshot'

type Service = Found<'services'>
type Pod = Found<'pods'>

/** A Service that may be that of a component, with the pods that it selects. */
export interface Candidate {
  readonly service: Service
  readonly pods: readonly Pod[]
  /** The sum of the signs: 4 a label, 3 an image, or 10 one that only DevLake has, 1 the name, 1 the port. */
  readonly score: number
  readonly signs: readonly string[]
}

interface Signs {
  readonly labels: readonly string[]
  readonly image: RegExp
  /** An image of DevLake, where others of the same program may run beside it. */
  readonly ownImage?: RegExp
  readonly name: RegExp
  readonly ports: readonly number[]
}

/** The image of DevLake's own Grafana, which shows its dashboards: the monitoring stack has another one. */
export const ownGrafana = /devlake-dashboard/

/** Signs of the components in the checklist's manifests, in DevLake's Helm chart and its subcharts, and in its images. */
const signs: Readonly<Record<Component, Signs>> = {
  lake: { labels: ['lake'], image: /(^|\/)devlake(?=[:@]|$)/, name: /(^|-)lake$/, ports: [8080] },
  ui: { labels: ['ui', 'config-ui'], image: /devlake-(config-)?ui/, name: /(^|-)ui$/, ports: [4000] },
  grafana: {
    labels: ['grafana'],
    image: /devlake-dashboard|grafana/,
    ownImage: ownGrafana,
    name: /grafana/,
    ports: [3000, 80],
  },
  mysql: {
    labels: ['mysql', 'mariadb'],
    image: /(^|\/)(mysql|mariadb)(?=[:@]|$)/,
    name: /mysql|mariadb/,
    ports: [3306],
  },
}

/** A label or an image says what runs there; a name and a port alone do not. */
const decisive = 3

const isDecisive = ({ score }: Candidate) => score >= decisive

/** Labels match a pod if it has each of them. */
export const hasLabels = (wanted: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

/** The pods that a Service selects; none without a selector. */
const podsOf = ({ metadata, spec }: Service, pods: readonly Pod[]) =>
  Object.keys(spec.selector).length === 0
    ? []
    : pods.filter(
        (pod) => pod.metadata.namespace === metadata.namespace && hasLabels(spec.selector, pod.metadata.labels),
      )

/** The Services that may be that of a component, the likeliest first; those of one namespace, or of all. */
export function candidatesFor(component: Component, snapshot: Snapshot, namespace?: string): Candidate[] {
  return snapshot.services
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .map((service) => judged(component, service, podsOf(service, snapshot.pods)))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || (one.service.metadata.name < other.service.metadata.name ? -1 : 1))
}

/** The candidates that nothing else surpasses; empty where no label and no image decides. */
export function bestOf(candidates: readonly Candidate[]): Candidate[] {
  const decided = candidates.filter(isDecisive)
  return decided.filter(({ score }) => score === decided[0]?.score)
}

function judged(component: Component, service: Service, pods: readonly Pod[]): Candidate {
  const wanted = signs[component]
  const { spec, metadata } = service
  const isLabelled = Object.entries(spec.selector).some(
    ([key, value]) => /component|name$|^app$/i.test(key) && wanted.labels.includes(value),
  )
  const images = pods
    .flatMap(({ spec }) => spec.containers.map((one) => one.image))
    .filter((one) => wanted.image.test(one))
  const own = images.find((one) => wanted.ownImage?.test(one))
  const image = own ?? images[0]
  const matching = spec.ports.find(({ port }) => wanted.ports.includes(port))?.port
  const marks: readonly (readonly [number, string] | false)[] = [
    isLabelled && [4, `its selector names ${component}`],
    image !== undefined && [own === undefined ? 3 : 10, `its pods run ${image}`],
    wanted.name.test(metadata.name) && [1, 'its name'],
    matching !== undefined && [1, `its port ${matching}`],
    // A headless twin of the Service.
    spec.clusterIP === 'None' && [-1, 'it is headless'],
  ]
  const given = marks.filter((mark) => mark !== false)
  return {
    service,
    pods,
    score: given.reduce((sum, [points]) => sum + points, 0),
    signs: given.filter(([points]) => points > 0).map(([, sign]) => sign),
  }
}

/** The component of each Service of a namespace that is decided. */
export function componentsBehind(snapshot: Snapshot, namespace: string): ReadonlyMap<string, Component> {
  return new Map(
    components.flatMap((component) =>
      bestOf(candidatesFor(component, snapshot, namespace)).map(
        ({ service }) => [service.metadata.name, component] as const,
      ),
    ),
  )
}
