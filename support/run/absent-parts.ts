/** The optional parts that a platform does not have: declared so, or without a trace, and never against one. */
import type { Checklist, ChecklistItem, OptionalPart } from '../basis/checklist'
import type { Configuration } from '../configuration/schema'
import { secretsModeOf } from '../configuration/secrets-mode'
import type { Platform } from '../platform/platform'
import { traceOfExternalSecrets, traces } from './traces'

/** Optional part → why the platform does not have it. */
export type AbsentParts = ReadonlyMap<OptionalPart, string>

/** The key under `absent` that declares a part absent, and its name at the beginning of a sentence. */
interface Declaration {
  readonly keys: readonly (keyof Configuration['absent'])[]
  readonly title: string
  /** True if the configuration names what takes the place of the part: then its items are judged by that. */
  readonly isReplaced?: (configuration: Configuration) => boolean
}

/** A part of several keys is absent by the first one that is set: without a database in the cluster there is no storage for it. */
const declarations: Readonly<Record<OptionalPart, Declaration>> = {
  jenkins: { keys: ['jenkins'], title: 'Jenkins' },
  externalAccess: { keys: ['externalAccess'], title: 'External access' },
  argocd: { keys: ['argocd'], title: 'ArgoCD' },
  delivery: {
    keys: ['argocd'],
    title: 'ArgoCD',
    isReplaced: ({ application }) => application.kind !== 'Application',
  },
  github: {
    keys: ['github'],
    title: 'GitHub',
    isReplaced: ({ dataSources }) => dataSources.gitlab !== undefined,
  },
  certManager: { keys: ['certManager'], title: 'cert-manager' },
  ingress: {
    keys: ['ingress'],
    title: 'Ingress',
    isReplaced: ({ ingresses }) => Object.values(ingresses).some(({ kind }) => kind === 'HTTPRoute'),
  },
  routes: {
    keys: ['ingress'],
    title: 'Ingress',
    isReplaced: ({ ingresses }) => Object.values(ingresses).some(({ kind }) => kind !== 'Ingress'),
  },
  alertmanager: { keys: ['alertmanager'], title: 'Alertmanager' },
  storage: { keys: ['storage', 'mysql'], title: 'Storage in the cluster' },
}

/** The parts that the configuration declares absent, and whose place nothing takes. */
export function declaredAbsent(configuration: Configuration): AbsentParts {
  const parts = new Map<OptionalPart, string>()
  for (const [part, { keys, title, isReplaced }] of Object.entries(declarations) as [OptionalPart, Declaration][]) {
    if (isReplaced?.(configuration)) continue
    const reason = keys.map((key) => configuration.absent[key]).find((given) => given !== undefined)
    if (reason !== undefined) parts.set(part, `${title} is declared absent: ${reason}`)
  }
  return parts
}

/** The parts of a platform that left a trace on it, each with the trace. */
export interface Traces {
  readonly parts: ReadonlyMap<OptionalPart, string>
  readonly externalSecrets: string | undefined
}

/** Looks for Jenkins, and for what the configuration declares absent. */
export async function tracesOn(platform: Platform, declared: AbsentParts): Promise<Traces> {
  const wanted = [...new Set<OptionalPart>(['jenkins', ...declared.keys()])]
  const [externalSecrets, ...all] = await Promise.all([
    secretsModeOf(platform.configuration) === 'manual' ? traceOfExternalSecrets(platform) : undefined,
    ...wanted.map(async (part) => [part, await traces[part](platform)] as const),
  ])
  const parts = new Map<OptionalPart, string>()
  for (const [part, trace] of all) if (trace !== undefined) parts.set(part, trace)
  return { parts, externalSecrets }
}

const withoutJenkins = 'There is no trace of Jenkins: no token, no service and no connection.'

/** The parts that are absent: declared so or not, a part with a trace is required. */
export const absentParts = (declared: AbsentParts, { parts }: Traces): AbsentParts =>
  new Map([...new Map([['jenkins', withoutJenkins] as const, ...declared])].filter(([part]) => !parts.has(part)))

/** A sentence for each declaration that a trace contradicts. */
export const contradictions = (declared: AbsentParts, { parts, externalSecrets }: Traces): string[] => [
  // A declaration of two parts, such as that of the Ingress, may be contradicted by one trace of both.
  ...new Set(
    [...declared].flatMap(([part, reason]) => {
      const trace = parts.get(part)
      return trace === undefined
        ? []
        : [
            `${reason}. Found all the same: ${trace}. Its items are required; remove the trace or the key ${declarations[part].keys.map((key) => `absent.${key}`).join(' or ')}.`,
          ]
    }),
  ),
  ...(externalSecrets === undefined
    ? []
    : [
        `The configuration says that External Secrets does not create the secrets (secrets: manual, or absent.externalSecrets). Found all the same: ${externalSecrets}. The items of both kinds are required.`,
      ]),
]

/** The items of absent parts. @returns pairs of item id and reason */
export function ofAbsentParts({ items }: Checklist, absent: AbsentParts): [string, string][] {
  return items.flatMap(({ id, optionalPart }): [string, string][] => {
    const reason = optionalPart && absent.get(optionalPart)
    return reason === undefined ? [] : [[id, reason]]
  })
}

const otherSecretsMode: Readonly<Record<NonNullable<ChecklistItem['secretsMode']>, (absent?: string) => string>> = {
  external: (absent) =>
    absent === undefined
      ? 'The secrets were created by hand (configuration key secrets): there is no secrets manager to check.'
      : `External Secrets is declared absent: ${absent}`,
  manual: () => 'The secrets come from External Secrets (configuration key secrets).',
}

/** The items that apply only where the secrets are managed in the other way. @returns pairs of item id and reason */
export function ofOtherSecretsMode({ items }: Checklist, configuration: Configuration): [string, string][] {
  const mode = secretsModeOf(configuration)
  return items.flatMap(({ id, secretsMode }): [string, string][] =>
    secretsMode === undefined || secretsMode === mode
      ? []
      : [[id, otherSecretsMode[secretsMode](configuration.absent.externalSecrets)]],
  )
}
