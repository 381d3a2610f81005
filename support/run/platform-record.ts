/** The platform that was judged, as the record describes it. */
import type { Settings } from '../configuration/load'
import { components } from '../contracts/contract'
import type { Platform } from '../platform/platform'
import type { RouteRecord } from '../platform/routes'
import type { PlatformRecord } from '../record/verdict'
import type { CommandLine } from './command-line'

/**
 * Describes the platform as far as it is known.
 * @param platform undefined when it could not be opened
 * @param settings undefined when they could not be read
 * @param answers true when the cluster answered: only then are the images read
 */
export const describePlatform = async (
  platform: Platform | undefined,
  settings: Settings | undefined,
  kubernetesVersion: string | null,
  answers: boolean,
): Promise<PlatformRecord> => ({
  ...identityOf(platform, settings),
  server: platform?.kubernetes.api.server ?? null,
  ...(platform?.kubernetes.api.access.fingerprint && { authority: platform.kubernetes.api.access.fingerprint }),
  kubernetesVersion,
  images: platform && answers ? await imagesOf(platform) : [],
  routes: [...(platform?.routes.records ?? [])].sort(byText),
})

/** The names of the platform that are known before any request. */
export const identityOf = (
  platform: Platform | undefined,
  settings: Settings | undefined,
): Pick<PlatformRecord, 'environment' | 'context' | 'namespace'> => ({
  environment: settings?.configuration.environment ?? null,
  context: platform?.context ?? settings?.configuration.context ?? null,
  namespace: settings?.configuration.namespace ?? 'unknown',
})

/** Sorts the routes, because the order in which they were first used is random. */
const byText = (one: RouteRecord, other: RouteRecord) =>
  `${one.part} ${one.route}` < `${other.part} ${other.route}` ? -1 : 1

/** The images that the service runs; empty where the caller may not list its pods. */
async function imagesOf({ kubernetes, configuration }: Platform): Promise<string[]> {
  try {
    const pods = await Promise.all(
      components.map((component) => kubernetes.of(component).pods(configuration.components[component].labels)),
    )
    return [...new Set(pods.flat().flatMap(({ spec }) => spec.containers.map(({ image }) => image)))].sort()
  } catch {
    return []
  }
}

/** The cluster that the run judges, and the place that chose it. */
export function judged({ kubernetes, configuration }: Platform, { context }: CommandLine): string {
  const { context: name, source, server } = kubernetes.api.access
  const chosenBy = context === undefined ? 'ACCEPTANCE_CONTEXT or the configuration' : '--context'
  const chosen = configuration.context === undefined ? '' : `, chosen by ${chosenBy}`
  return `Judging ${server}: context ${name}, ${source}${chosen}`
}

/** The platform that answered, for the terminal. */
export const reached = ({ kubernetes, context, writes }: Platform, kubernetesVersion: string | null): string =>
  `${kubernetes.api.server}  context ${context}, namespace ${kubernetes.namespace}, Kubernetes ${kubernetesVersion}, ${writes ? 'writes allowed' : 'read-only'}`
