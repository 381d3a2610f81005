/** Section 2: the checks of whatever delivers the service, an Application of ArgoCD or a Kustomization or HelmRelease of Flux. */
import type { Platform } from '../platform/platform'
import { expectApplication, expectDeploysFromRepository } from './application'
import { expectOperationSucceeded, expectSyncSucceeds, startSync } from './application-operations'
import { expectHealthy, expectSynced } from './application-state'
import { withThoseBehind } from './applications-behind'
import {
  expectFluxDelivers,
  expectFluxHealthy,
  expectFluxObject,
  expectFluxSynced,
  expectReconciled,
  startReconciliation,
} from './flux'

interface DeliveryChecks {
  readonly exists: (platform: Platform) => Promise<unknown>
  readonly delivers: (platform: Platform) => Promise<void>
  readonly healthy: (platform: Platform) => Promise<void>
  readonly synced: (platform: Platform) => Promise<void>
  readonly lastSucceeded: (platform: Platform) => Promise<void>
  /** Starts a sync. Returns a mark by which `syncSucceeds` recognises it. */
  readonly start: (platform: Platform) => Promise<string>
  readonly syncSucceeds: (platform: Platform, mark: string) => Promise<void>
}

const argocd: DeliveryChecks = {
  exists: expectApplication,
  delivers: expectDeploysFromRepository,
  healthy: withThoseBehind(expectHealthy),
  synced: withThoseBehind(expectSynced),
  lastSucceeded: withThoseBehind(expectOperationSucceeded),
  start: startSync,
  syncSucceeds: expectSyncSucceeds,
}

const flux: DeliveryChecks = {
  exists: expectFluxObject,
  delivers: expectFluxDelivers,
  healthy: expectFluxHealthy,
  synced: expectFluxSynced,
  // Flux has no operations apart from the reconciliation, whose outcome is the condition Ready.
  lastSucceeded: expectFluxHealthy,
  start: startReconciliation,
  syncSucceeds: expectReconciled,
}

const checks = { Application: argocd, Kustomization: flux, HelmRelease: flux } as const

/** The checks of the configured kind of delivery. */
export const deliveryChecks = ({ configuration }: Platform): DeliveryChecks => checks[configuration.application.kind]
