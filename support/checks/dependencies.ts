/** Section 0, dependencies: what the service needs to be there before it. */

import { type Circumstances, expectData, expectNone, Unmet } from '../basis/expectation'
import type { Dependency } from '../contracts/contract'
import type { Certificate, Condition } from '../platform/custom-resources'
import type { Platform } from '../platform/platform'

/** Every workload that the labels of a dependency find has all the pods that it wants, and it wants some. */
export async function expectDeployed({ kubernetes, configuration }: Platform, dependency: Dependency): Promise<void> {
  const names = configuration.dependencies[dependency]
  const where = names.namespace ?? 'all namespaces'
  const flag = names.namespace ? `-n ${names.namespace}` : '--all-namespaces'
  const workloads = await kubernetes.workloads(names)
  const remedy = [`kubectl get deployments,statefulsets,daemonsets ${flag} -l '${names.selector}'`]
  if (workloads.length === 0)
    throw new Unmet({
      summary: `No workload of the ${titles[dependency]} is deployed.`,
      object: `workloads labelled ${names.selector}`,
      expected: `at least one Deployment, StatefulSet or DaemonSet in ${where}`,
      found: 'none',
      remedy: [...remedy, `# with other labels: configuration key dependencies.${dependency}.selector`],
    })
  const missing = names.parts.filter((part) => {
    const [key = '', value] = part.split('=')
    return !workloads.some(({ labels }) => labels[key] === value)
  })
  if (missing.length > 0)
    throw new Unmet({
      summary: `A part of the ${titles[dependency]} is not deployed: ${missing.join(', ')}.`,
      object: `workloads labelled ${names.selector}`,
      expected: `workloads labelled ${names.parts.join(' and ')}`,
      found: workloads.map(({ kind, name }) => `${kind} ${name}`).join(', '),
      remedy: [...remedy, `# with other labels: configuration key dependencies.${dependency}.parts`],
    })
  expectNone(
    workloads
      .filter(({ desired, ready }) => ready < desired || desired === 0)
      .map(({ kind, namespace, name, desired, ready }) => ({
        summary: `${kind} ${namespace}/${name} of the ${titles[dependency]} is not available.`,
        object: `${kind} ${namespace}/${name}`,
        reliesOn: [`${kind} ${namespace}/${name}`],
        expected: desired === 0 ? 'at least one pod' : `${desired} available pods`,
        found: desired === 0 ? 'scaled to 0' : `${ready}`,
        remedy: [`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`, `kubectl get pods -n ${namespace}`],
      })),
  )
}

const titles: Record<Dependency, string> = {
  ingressController: 'ingress controller',
  certManager: 'cert-manager',
  argocd: 'ArgoCD',
  externalSecrets: 'External Secrets Operator',
  prometheusOperator: 'Prometheus operator',
  grafana: 'Grafana of the monitoring stack',
}

/** 0.4. Without a class, no ingress is taken up by any controller. */
export async function expectIngressClass({ kubernetes }: Platform): Promise<void> {
  const classes = await kubernetes.ingressClasses()
  if (classes.length > 0) return
  throw new Unmet({
    summary: 'The cluster has no IngressClass.',
    object: 'IngressClasses of the cluster',
    expected: 'at least one',
    found: 'none',
    remedy: ['kubectl get ingressclass'],
  })
}

/** 0.5. No certificate that cert-manager keeps is unready or about to expire. */
export async function expectCertificates({ kubernetes, configuration }: Platform, now: Date): Promise<void> {
  const { expect, validFor } = configuration.certificates
  const certificates = await kubernetes.certificates()
  if (expect === 'some')
    expectData(certificates, 'certificate of cert-manager', 'Certificates in all namespaces', [
      'kubectl get certificates --all-namespaces',
      '# where cert-manager issues nothing: configuration key certificates.expect: none',
    ])
  const { selector } = configuration.dependencies.certManager
  expectNone(certificates.flatMap((certificate) => troubleOf(certificate, validFor, now, selector)))
}

/** @param issuer selector of what issues certificates */
function troubleOf({ metadata, status }: Certificate, validForMs: number, now: Date, issuer: string): Circumstances[] {
  const object = `Certificate ${metadata.namespace}/${metadata.name}`
  const remedy = [`kubectl describe certificate -n ${metadata.namespace} ${metadata.name}`]
  const ready = conditionOf(status.conditions, 'Ready')
  if (ready?.status !== 'True')
    return [
      {
        summary: `${object} is not Ready.`,
        object,
        reliesOn: [`workloads labelled ${issuer}`],
        expected: 'Ready',
        found: saidBy(ready),
        remedy,
      },
    ]
  const left = status.notAfter === undefined ? Number.NaN : Date.parse(status.notAfter) - now.getTime()
  if (left >= validForMs) return []
  const days = (ms: number) => `${Math.floor(ms / 86_400_000)} days`
  return [
    {
      summary: `${object} is about to expire.`,
      object,
      expected: `valid for ${days(validForMs)} or more`,
      found: Number.isNaN(left)
        ? 'no end of validity'
        : left < 0
          ? `expired at ${status.notAfter}`
          : `ends at ${status.notAfter}`,
      remedy,
    },
  ]
}

/** 0.8. The operator says of its Prometheus that it is available. */
export async function expectPrometheusAvailable({ kubernetes, configuration }: Platform): Promise<void> {
  const { namespace } = configuration.monitoring
  const objects = await kubernetes.prometheuses()
  const remedy = [`kubectl get prometheus -n ${namespace}`]
  if (objects.length === 0)
    throw new Unmet({
      summary: `There is no Prometheus object in ${namespace}.`,
      object: `Prometheus objects in ${namespace}`,
      expected: 'at least one',
      found: 'none',
      remedy,
    })
  expectNone(
    objects.flatMap(({ metadata, status }) => {
      const available = conditionOf(status.conditions, 'Available')
      const object = `Prometheus ${namespace}/${metadata.name}`
      return available?.status === 'True'
        ? []
        : [
            {
              summary: `${object} is not available.`,
              object,
              // What the operator makes of it, and the operator itself.
              reliesOn: [
                `StatefulSet ${namespace}/prometheus-${metadata.name}`,
                `workloads labelled ${configuration.dependencies.prometheusOperator.selector}`,
              ],
              expected: 'Available',
              found: saidBy(available),
              remedy,
            },
          ]
    }),
  )
}

export const conditionOf = (conditions: readonly Condition[], type: string) =>
  conditions.find((condition) => condition.type === type)

/** What a condition says, for the reader: "False (SecretSyncedError: could not get secret data)". */
export function saidBy(condition: Condition | undefined): string {
  if (!condition) return 'no such condition'
  const reason = [condition.reason, condition.message].filter(Boolean).join(': ')
  return reason === '' ? condition.status : `${condition.status} (${reason})`
}
