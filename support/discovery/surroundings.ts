/** Proposals for what stands around the service: the API of ArgoCD, and the other workloads that it depends on. */
import type { Dependency, PlatformNames } from '../contracts/contract'
import { hasLabels } from './components'
import { type Findings, inWords, onlyOf } from './proposal'
import type { Subject } from './service-parts'
import type { Found, Kind } from './snapshot'

/** Proposes the address of ArgoCD's API, from which the service collects, where its server lies in another namespace. */
export function proposeArgoCdEndpoint({ snapshot, names }: Subject, findings: Findings): void {
  const fallback = names.dataSources.argocd.endpoint
  const servers = snapshot.services.filter(
    ({ spec }) =>
      spec.clusterIP !== 'None' &&
      (spec.selector['app.kubernetes.io/name'] === 'argocd-server' ||
        (spec.selector['app.kubernetes.io/part-of'] === 'argocd' &&
          spec.selector['app.kubernetes.io/component'] === 'server')),
  )
  const addressOf = ({ metadata }: Found<'services'>) => `http://${metadata.name}.${metadata.namespace}.svc`
  // Of several, that of the ArgoCD that deploys the service.
  const place = namespaceOfApplication(names, findings)
  const server = onlyOf(servers) ?? onlyOf(servers.filter(({ metadata }) => metadata.namespace === place))
  if (server)
    findings.propose(
      ['dataSources', 'argocd', 'endpoint'],
      addressOf(server),
      fallback,
      `The service ${inWords(server)} leads to the API of ArgoCD.`,
    )
  else if (servers.length > 1 && !servers.some((one) => addressOf(one) === fallback))
    findings.ask(
      'dataSources.argocd.endpoint',
      'Several services lead to an API of ArgoCD. From which one does the service collect?',
      servers.map(addressOf),
    )
}

/** The namespace of the Application as proposed, or that of the contract. */
function namespaceOfApplication(names: PlatformNames, { proposals }: Findings): string {
  const proposed = proposals.find(({ path }) => path.join('.') === 'application.namespace')
  return typeof proposed?.value === 'string' ? proposed.value : names.application.namespace
}

/** Proposes the namespace of ArgoCD where it runs in several: that of the Application, so that no other one is judged. */
function proposeNamespaceOfArgoCd({ snapshot, names }: Pick<Subject, 'snapshot' | 'names'>, findings: Findings): void {
  const { selector, namespace } = names.dependencies.argocd
  const [key = '', value = ''] = selector.split('=')
  const running = snapshot.pods.filter(({ metadata }) => hasLabels({ [key]: value }, metadata.labels))
  const places = [...new Set(running.map(({ metadata }) => metadata.namespace))].sort()
  if (namespace !== undefined || places.length < 2) return
  const place = namespaceOfApplication(names, findings)
  if (places.includes(place))
    findings.propose(
      ['dependencies', 'argocd', 'namespace'],
      place,
      undefined,
      `The Application lies there; ArgoCD also runs in ${places.filter((one) => one !== place).join(', ')}.`,
    )
  else
    findings.ask(
      'dependencies.argocd.namespace',
      'ArgoCD runs in several namespaces. Which one deploys the service?',
      places,
    )
}

/** Images of the workloads that the service depends on, as their projects publish them. */
const images: Readonly<Record<Exclude<Dependency, 'grafana' | 'flux'>, RegExp>> = {
  ingressController: /ingress-nginx|nginx-ingress/,
  certManager: /cert-manager-controller/,
  argocd: /argoproj\/argocd/,
  externalSecrets: /external-secrets/,
  prometheusOperator: /prometheus-operator\/prometheus-operator/,
}

/** The dependencies that a platform need not have, with the kinds of objects that show that it has them. */
const optionalParts: Readonly<Partial<Record<Dependency, { key: string; kinds: readonly Kind[] }>>> = {
  ingressController: { key: 'ingress', kinds: ['ingresses'] },
  certManager: { key: 'certManager', kinds: ['certificates'] },
  argocd: { key: 'argocd', kinds: ['applications'] },
  externalSecrets: { key: 'externalSecrets', kinds: ['externalSecrets'] },
}

/** Proposes selectors for workloads that the default selectors miss, and names those that are not there. */
export function proposeDependencies({ snapshot, names }: Subject, findings: Findings): void {
  if (snapshot.pods.length === 0 || snapshot.unread.has('pods')) return
  const isAbsent = (part: string) => findings.proposals.some(({ path }) => path.join('.') === `absent.${part}`)
  for (const [part, image] of Object.entries(images) as [keyof typeof images, RegExp][]) {
    const { selector } = names.dependencies[part]
    const running = snapshot.pods.filter(({ spec }) => spec.containers.some((one) => image.test(one.image)))
    const [key = '', value] = selector.split('=')
    // A set of values holds the labels of several charts; the name of the release is in none of them.
    if (value === undefined || snapshot.pods.some(({ metadata }) => hasLabels({ [key]: value }, metadata.labels)))
      continue
    const own = [...new Set(running.map(({ metadata }) => metadata.labels[key]).filter((one) => one !== undefined))]
    const label = onlyOf(own)
    const optional = running.length === 0 ? optionalParts[part] : undefined
    if (optional?.kinds.every((kind) => snapshot[kind].length === 0 && !snapshot.unread.has(kind))) {
      const reason = `no pod runs ${part}, and the cluster has none of its objects`
      if (!isAbsent(optional.key)) findings.propose(['absent', optional.key], reason, undefined, `Found: ${reason}.`)
    } else if (label !== undefined)
      findings.propose(['dependencies', part, 'selector'], `${key}=${label}`, selector, `The label of its pods.`)
    else
      findings.ask(
        `dependencies.${part}.selector`,
        running.length === 0
          ? `No pod has the label ${selector}, and none runs an image of ${part}. Is it there? Its items fail without it.`
          : `No pod has the label ${selector}. By which label are the workloads of ${part} found?`,
        running.map(inWords),
      )
  }
  proposeNamespaceOfArgoCd({ snapshot, names }, findings)
  if (snapshot.certificates.length === 0 && !snapshot.unread.has('certificates'))
    findings.propose(['certificates', 'expect'], 'none', 'some', 'The cluster has no Certificate of cert-manager.')
}
