/** The volume behind a claim. */
import { unlessBlocked } from '../basis/expectation'
import { type PersistentVolume, persistentVolume } from './core-resources'
import type { KubernetesApi } from './kubernetes-api'
import { oneObject } from './one-object'
import { operations } from './operations'

/** Returns a volume; undefined if it does not exist, or if the caller may not read volumes. */
export async function volumeNamed(api: KubernetesApi, name: string): Promise<PersistentVolume | undefined> {
  const reference = { kind: 'PersistentVolume', name }
  return oneObject(api, persistentVolume, operations.getPersistentVolume, reference).catch(unlessBlocked(undefined))
}
