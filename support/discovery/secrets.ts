/** Proposals for the Secrets of the service: their names, the ExternalSecrets that write them, and a part without its key. */
import { type Findings, onlyOf } from './proposal'
import type { Subject } from './service-parts'
import type { Found, Snapshot } from './snapshot'

/** The keys of each Secret in a namespace, as far as ExternalSecrets and pods name them. No Secret is read. */
export function secretKeysIn(snapshot: Snapshot, namespace: string): ReadonlyMap<string, ReadonlySet<string>> {
  const inside = <T extends { readonly metadata: { readonly namespace: string } }>(objects: readonly T[]) =>
    objects.filter(({ metadata }) => metadata.namespace === namespace)
  const containers = inside(snapshot.pods).flatMap(({ spec }) => [...spec.initContainers, ...spec.containers])
  const references: readonly { readonly name: string; readonly keys: readonly string[] }[] = [
    ...inside(snapshot.externalSecrets).map((one) => ({
      name: one.spec.target.name ?? one.metadata.name,
      keys: keysWrittenBy(one),
    })),
    ...containers.flatMap(({ env }) =>
      env.flatMap(({ valueFrom }) =>
        valueFrom?.secretKeyRef ? [{ name: valueFrom.secretKeyRef.name, keys: [valueFrom.secretKeyRef.key] }] : [],
      ),
    ),
    // They take the whole Secret, whatever its keys are.
    ...containers.flatMap(({ envFrom }) =>
      envFrom.flatMap(({ secretRef }) => (secretRef ? [{ name: secretRef.name, keys: [] }] : [])),
    ),
  ]
  const known = new Map<string, Set<string>>()
  for (const { name, keys } of references)
    if (name !== '') known.set(name, new Set([...(known.get(name) ?? []), ...keys]))
  return known
}

/** The keys that an ExternalSecret names. A template writes its own in place of those of the data, unless it is merged. */
function keysWrittenBy({ spec }: Found<'externalSecrets'>): readonly string[] {
  const { data, mergePolicy } = spec.target.template ?? {}
  const read = spec.data.map(({ secretKey }) => secretKey)
  if (data === undefined) return read
  return mergePolicy === 'Merge' ? [...read, ...data] : data
}

/** The service collects from GitHub with a token. Only where ExternalSecrets name every key, its absence is known. */
function lacksGitHub(
  { snapshot, names }: Subject,
  own: Snapshot['externalSecrets'],
  known: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  const { name, key } = names.tokens.github
  const isWritten = Object.values(names.secretNames).some((one) => one.name === name && one.keys.includes(key))
  return (
    isWritten &&
    own.length > 0 &&
    !snapshot.unread.has('externalSecrets') &&
    own.every(({ spec }) => spec.dataFrom.length === 0) &&
    ![...known.values()].some((keys) => keys.has(key))
  )
}

/** The settings by which Grafana takes no passwords: https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana */
const withoutPasswords = ['GF_AUTH_BASIC_ENABLED=false', 'GF_AUTH_DISABLE_LOGIN_FORM=true']

/**
 * Proposes the token of a service account where Grafana takes no passwords, or where no Secret holds one.
 * @returns true if the Secret of Grafana is decided
 */
function proposeGrafanaToken(
  { snapshot, names, namespace }: Subject,
  known: ReadonlyMap<string, ReadonlySet<string>>,
  findings: Findings,
): boolean {
  const { name: fallback, keys: defaults } = names.secretNames.grafana
  const { passwordKey } = names.grafana
  const setting = snapshot.pods
    .filter(({ metadata }) => metadata.namespace === namespace)
    .flatMap(({ spec }) => spec.containers.flatMap(({ env }) => env.flatMap((one) => one.setting ?? [])))
    .find((one) => withoutPasswords.includes(one))
  if (setting === undefined && [...known.values()].some((keys) => keys.has(passwordKey))) return false
  const tokens = [...known].flatMap(([name, keys]) =>
    [...keys]
      .filter((key) => /token/i.test(key) && (name === fallback || /grafana/i.test(`${name} ${key}`)))
      .map((key) => ({ name, key })),
  )
  const token = onlyOf(tokens)
  const why =
    setting === undefined ? `No Secret holds the key ${passwordKey}` : `Grafana takes no passwords (${setting})`
  if (token) {
    const reason = `${why}; the Secret ${token.name} holds the key ${token.key}.`
    findings.propose(['secretNames', 'grafana', 'name'], token.name, fallback, reason)
    findings.propose(['secretNames', 'grafana', 'keys'], [token.key], defaults, reason)
    findings.propose(['grafana', 'tokenKey'], token.key, undefined, reason)
  } else if (setting !== undefined)
    findings.ask(
      'grafana.tokenKey',
      `${why}. Create a service account with the role Admin in Grafana, store its token in a Secret of ${namespace}, and set these keys:`,
      tokens.length > 0
        ? tokens.map(
            ({ name, key }) =>
              `secretNames: { grafana: { name: ${name}, keys: [${key}] } }, grafana: { tokenKey: ${key} }`,
          )
        : ['secretNames: { grafana: { name: SECRET, keys: [KEY] } }', 'grafana: { tokenKey: KEY }'],
    )
  return token !== undefined || setting !== undefined
}

/** Proposes the Secrets by their keys, and where they come from. */
export function proposeSecrets(subject: Subject, findings: Findings): void {
  const { snapshot, names, namespace } = subject
  const ofGrafana = { ...subject, namespace: subject.grafana }
  const writersIn = (place: string) => snapshot.externalSecrets.filter(({ metadata }) => metadata.namespace === place)
  const own = writersIn(namespace)
  if (own.length === 0 && !snapshot.unread.has('externalSecrets'))
    findings.propose(['secrets'], 'manual', 'external', `There is no ExternalSecret in ${namespace}.`)
  const inService = secretKeysIn(snapshot, namespace)
  const inGrafana = secretKeysIn(snapshot, subject.grafana)
  const chosen = new Map<string, string>()
  const isWithoutGitHub = lacksGitHub(subject, own, inService)
  if (isWithoutGitHub) {
    const reason = `no Secret in ${namespace} gets the key ${names.tokens.github.key}`
    findings.propose(['absent', 'github'], reason, undefined, `Found: ${reason}.`)
  }
  const gitlab = onlyOf(
    [...inService].flatMap(([name, keys]) =>
      [...keys].filter((key) => /gitlab/i.test(key)).map((key) => ({ name, key })),
    ),
  )
  if (gitlab)
    for (const part of ['name', 'key'] as const)
      findings.propose(
        ['tokens', 'gitlab', part],
        gitlab[part],
        names.tokens.gitlab[part],
        `The Secret ${gitlab.name} holds the key ${gitlab.key}.`,
      )
  const hasToken = proposeGrafanaToken(ofGrafana, inGrafana, findings)
  for (const [part, { name, keys: all }] of Object.entries(names.secretNames)) {
    if (part === 'grafana' && hasToken) continue
    const known = part === 'grafana' ? inGrafana : inService
    const keys = isWithoutGitHub ? all.filter((key) => key !== names.tokens.github.key) : all
    if (known.has(name) || known.size === 0) continue
    const holders = [...known].filter(([, held]) => keys.every((key) => held.has(key))).map(([holder]) => holder)
    const [only] = holders
    if (only !== undefined && holders.length === 1) {
      chosen.set(part, only)
      findings.propose(['secretNames', part, 'name'], only, name, `The Secret with the keys ${keys.join(', ')}.`)
      for (const [token, fallback] of Object.entries(names.tokens))
        if (token !== 'gitlab' && fallback.name === name)
          findings.propose(['tokens', token, 'name'], only, name, `The Secret of secretNames.${part}.`)
    } else
      findings.ask(
        `secretNames.${part}.name`,
        `No ExternalSecret and no pod names the Secret ${name}. Which Secret has the keys ${keys.join(', ')}?`,
        holders.length > 0 ? holders : [...known.keys()],
      )
  }
  for (const [part, { name }] of Object.entries(names.secretNames)) {
    const secret = chosen.get(part) ?? name
    const here = part === 'grafana' ? writersIn(subject.grafana) : own
    const writers = here.filter(({ spec, metadata }) => (spec.target.name ?? metadata.name) === secret)
    const [writer] = writers
    if (!writer || here.some(({ metadata }) => metadata.name === secret)) continue
    if (writers.length === 1)
      findings.propose(
        ['secretNames', part, 'externalSecret'],
        writer.metadata.name,
        undefined,
        `The ExternalSecret that writes the Secret ${secret}.`,
      )
    else
      findings.ask(
        `secretNames.${part}.externalSecret`,
        `Several ExternalSecrets write the Secret ${secret}. Which one is meant to?`,
        writers.map(({ metadata }) => metadata.name),
      )
  }
}
