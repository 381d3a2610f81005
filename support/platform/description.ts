/** What a run looked at, for its record. */
import type { Settings } from '../configuration/load'
import { components } from '../contracts/contract'
import type { PlatformRecord } from '../report/verdict'
import type { Platform } from './platform'

/** @param looked whether the platform could be looked at: otherwise it is not asked for its images */
export async function describePlatform(
  platform: Platform | undefined,
  settings: Settings | undefined,
  kubernetesVersion: string | null,
  looked: boolean,
): Promise<PlatformRecord> {
  return {
    server: platform?.kubernetes.api.server ?? null,
    context: platform?.context ?? null,
    namespace: settings?.configuration.namespace ?? 'unknown',
    kubernetesVersion,
    images: platform && looked ? await imagesOf(platform) : [],
    routes: platform?.routes.records ?? [],
  }
}

/** The images that the service runs; none where the caller may not list its pods. */
async function imagesOf({ kubernetes, configuration }: Platform): Promise<string[]> {
  try {
    const pods = await Promise.all(
      components.map((component) => kubernetes.pods(configuration.components[component].labels)),
    )
    return [...new Set(pods.flat().flatMap(({ spec }) => spec.containers.map(({ image }) => image)))].sort()
  } catch {
    return []
  }
}
