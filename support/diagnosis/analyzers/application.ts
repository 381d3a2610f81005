/** Explains an unhealthy Application by its resources, and one that ArgoCD cannot compare by ArgoCD's own words. */
import { comparisonOf } from '../../basis/argocd'
import { command, comment } from '../../basis/command'
import type { Facts } from '../facts/facts'
import { type Analyzer, type Insight, objectOf } from '../facts/insight'
import { rolloutOf } from './rollouts'

type ApplicationFacts = Facts['applications'][number]

export const application: Analyzer = ({ applications, ingresses, services }) => [
  ...applications.flatMap((one) => {
    const object = objectOf('Application', one.metadata)
    const suspects = suspectsIn(one).map(({ kind, namespace, name }) => objectOf(kind, { namespace, name }))
    const unaddressed = one.status.health?.status === 'Progressing' ? suspects.map(addressOf) : []
    // Without a comparison, ArgoCD knows no health either. A rollout explains what nothing else does.
    const possibleCauses = [...suspects, comparisonOf(object), ...suspects.map(rolloutOf), ...unaddressed]
    return [{ object, possibleCauses }, ...comparison(one)]
  }),
  ...ingresses.flatMap((one) => missingAddress('Ingress', one)),
  ...services.flatMap((one) => (one.spec.type === 'LoadBalancer' ? missingAddress('Service', one) : [])),
]

/** The name under which an Application relies on the address of an object, without which the object may work all the same. */
const addressOf = (object: string) => `${object}, address`

/** An object that is Progressing to ArgoCD until it has an address: getIngressHealth and getServiceHealth in gitops-engine. */
function missingAddress(kind: 'Ingress' | 'Service', { metadata, status }: Facts['ingresses'][number]): Insight[] {
  if (status === undefined || (status.loadBalancer?.ingress ?? []).length > 0) return []
  const object = objectOf(kind, metadata)
  const { namespace, name } = metadata
  return [
    {
      object: addressOf(object),
      problem: {
        summary: `${object} has no address, so ArgoCD takes it for Progressing.`,
        object,
        expected: 'an address in status.loadBalancer.ingress',
        found: 'no address',
        remedy: [
          command`kubectl describe ${kind.toLowerCase()} -n ${namespace} ${name}`,
          comment`if nothing gives out addresses here: set a health check of your own for the kind in the ConfigMap argocd-cm`,
        ],
      },
    },
  ]
}

/** Kinds that have no health to ArgoCD, so an Application is healthy whatever is wrong with them. */
const withoutHealth = [
  'ConfigMap',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Secret',
  'ServiceAccount',
  'ServiceMonitor',
]

/** The unhealthy resources; all that can be unhealthy where ArgoCD writes no health of resources, as ArgoCD 3 does by default. */
function suspectsIn({ status: { resources } }: ApplicationFacts) {
  const judged = resources.filter(({ health }) => health.status !== '')
  return judged.length === 0
    ? resources.filter(({ kind }) => !withoutHealth.includes(kind))
    : judged.filter(({ health }) => health.status !== 'Healthy')
}

/** The words of Git, of its servers and of registries for missing or wrong credentials. */
const refused =
  /authentication (required|failed)|authorization failed|unauthorized|access denied|permission denied|could not read (username|password)|invalid (username|credentials)|repository not accessible|\b40[13]\b/i

/** An Application without a sync status: ArgoCD cannot read or render what it deploys. */
function comparison({ metadata, spec, status }: ApplicationFacts): Insight[] {
  const error = status.conditions?.find(({ type }) => type === 'ComparisonError')
  if (!error) return []
  const { namespace, name } = metadata
  const object = objectOf('Application', metadata)
  const repository = spec?.source?.repoURL || 'its repository'
  const isRefused = refused.test(error.message)
  return [
    {
      object: comparisonOf(object),
      problem: {
        summary: `${object} cannot be compared: ${isRefused ? `ArgoCD may not read ${repository}` : error.message}.`,
        object,
        expected: isRefused ? `credentials with which ArgoCD may read ${repository}` : 'no ComparisonError',
        found: `ComparisonError: ${error.message}`,
        remedy: isRefused
          ? [
              command`kubectl get secrets -n ${namespace} -l 'argocd.argoproj.io/secret-type in (repository,repo-creds)'`,
              comment`add or renew the Secret with the credentials of ${repository}, then ArgoCD compares again by itself`,
            ]
          : [
              command`kubectl get application -n ${namespace} ${name} -o jsonpath='{.status.conditions}'`,
              comment`mend what the message names in ${repository}, then ArgoCD compares again by itself`,
            ],
      },
    },
  ]
}
