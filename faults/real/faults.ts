/**
 * The faults that run on the real controllers: their own, and those of the catalogue that break something a controller attends to.
 * The others of the catalogue concern parts that are the same in both sandboxes: the service, its database, Grafana and their logs.
 */

import type { Fault } from '../catalogue/fault'
import { catalogue } from '../catalogue/index'
import { applicationFaults } from './application-faults'
import { monitoringFaults } from './monitoring-faults'
import { ownFaults } from './own'

/** The faults of the catalogue that break the same way here. */
export const reused: readonly string[] = [
  'external-secrets-operator-down',
  'monitoring-grafana-down',
  'secret-store-pretends',
  'secret-store-deleted',
  'secret-store-refuses-namespace',
  'secret-store-of-another-controller',
  'external-secret-deleted',
  'external-secret-writes-nothing',
  'monitor-port-wrong',
  'monitor-path-wrong',
  'monitor-of-another-namespace',
  'monitor-unlabelled',
  'monitor-deleted',
  'prometheus-of-another-operator',
  'prometheus-ignores-namespaces',
  'application-deleted',
  'application-being-deleted',
  'application-not-reconciled',
]

/** Faults of controllers that cannot be made here, with the reason. */
export const notReused: Readonly<Record<string, string>> = {
  'prometheus-unavailable': 'Prometheus Operator corrects a status that was written by hand',
  'application-project-missing': 'ArgoCD compares again when it is asked to: application-project-unknown',
  'application-degraded': 'ArgoCD corrects a status that was written by hand',
  'application-out-of-sync': 'ArgoCD corrects a status that was written by hand',
  'application-elsewhere':
    'The manifests name their namespace, so ArgoCD delivers there: application-delivers-elsewhere',
  'application-held-by-a-window': 'ArgoCD corrects a status that was written by hand: application-frozen',
  'application-sync-failed': 'ArgoCD corrects a status that was written by hand',
  'application-on-another-cluster': 'ArgoCD refuses a cluster that it does not know: application-cluster-unknown',
  'application-from-a-branch': 'ArgoCD looks for the branch: application-branch-missing',
  'application-from-a-fork': 'ArgoCD would read the repository from the Internet: application-from-another-repository',
  'secret-stale': 'External Secrets does not know the annotation with which the stand-in holds a status',
  'secret-key-empty': 'External Secrets restores a Secret that was changed by hand',
  'database-secret-key-missing': 'External Secrets restores a Secret that was changed by hand',
  'secret-not-owned': 'External Secrets restores the owner of a Secret that was changed by hand',
  'secret-rotated': 'External Secrets restores a Secret that was changed by hand',
  'grafana-password-missing': 'External Secrets restores a Secret that was changed by hand',
  'github-token-placeholder': 'External Secrets restores a Secret that was changed by hand',
}

const fromCatalogue = catalogue.filter(({ id }) => reused.includes(id))

/** Every fault of `npm run test:real`. */
export const realFaults: readonly Fault[] = [...fromCatalogue, ...ownFaults, ...monitoringFaults, ...applicationFaults]
