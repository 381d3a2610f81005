/**
 * The published custom resource definitions and kwok's stages: read once from their Go modules and cached as JSON, which
 * parses faster than YAML.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { parseFrom, readJson, writeWhole } from '../basis/files'
import { inCache } from '../basis/layout'
import { holdAnnotation } from '../cluster/backends'
import { findGo, howToGetGo, kwokVersion } from './go'
import { moduleFolder } from './modules'

interface Source {
  readonly module: string
  readonly files: readonly string[]
}

/** Only the kinds that the platform uses, because each definition costs the API server time. */
const basicSources: readonly Source[] = [
  {
    module: 'github.com/argoproj/argo-cd/v3@v3.3.0',
    files: ['manifests/crds/application-crd.yaml', 'manifests/crds/appproject-crd.yaml'],
  },
  {
    module: 'github.com/external-secrets/external-secrets@v1.3.2',
    files: ['externalsecrets', 'secretstores', 'clustersecretstores'].map(
      (kind) => `config/crds/bases/external-secrets.io_${kind}.yaml`,
    ),
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['servicemonitors', 'prometheuses', 'prometheusrules'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  },
  {
    module: 'github.com/cert-manager/cert-manager@v1.19.1',
    files: ['certificates', 'clusterissuers', 'issuers', 'certificaterequests'].map(
      (kind) => `deploy/crds/cert-manager.io_${kind}.yaml`,
    ),
  },
  {
    module: `sigs.k8s.io/kwok@${kwokVersion}`,
    files: ['clusterlogs', 'clusterexecs', 'clusterportforwards'].map(
      (kind) => `kustomize/crd/bases/kwok.x-k8s.io_${kind}.yaml`,
    ),
  },
]

/** Further kinds that the real controllers watch. */
const sourcesOfControllers: readonly Source[] = [
  {
    module: 'github.com/external-secrets/external-secrets@v1.3.2',
    files: ['config/crds/bases/generators.external-secrets.io_generatorstates.yaml'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['podmonitors', 'probes', 'scrapeconfigs', 'alertmanagerconfigs'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  },
]

const stageFiles = [
  'kustomize/stage/pod/fast/pod-ready.yaml',
  'kustomize/stage/pod/fast/pod-complete.yaml',
  'kustomize/stage/pod/fast/pod-delete.yaml',
  'kustomize/stage/node/fast/node-initialize.yaml',
  'kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
]
/** The stage for deletion also applies to held pods, so that they can be deleted. */
const stageThatIgnoresHolding = 'pod-delete'

const definitionSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('CustomResourceDefinition'),
  metadata: z.looseObject({ name: z.string() }),
})

const expression = z.looseObject({ key: z.string(), operator: z.string() })
const stageSchema = z.looseObject({
  kind: z.literal('Stage'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ selector: z.looseObject({ matchExpressions: z.array(expression) }) }),
})
type Stage = z.infer<typeof stageSchema>

const cachedSchema = z.object({ definitions: z.array(definitionSchema), stages: z.array(stageSchema) })
export type Definitions = z.infer<typeof cachedSchema>

const documents = (path: string): unknown[] =>
  parseAllDocuments(readFileSync(path, 'utf8'))
    .map((document) => document.toJS() as unknown)
    .filter((document) => document !== null)

/** Adds the condition that the object's status is not held by hand. */
function unlessHeld(stage: Stage): Stage {
  if (stage.metadata.name === stageThatIgnoresHolding) return stage
  const notHeld = { key: `.metadata.annotations["${holdAnnotation}"]`, operator: 'DoesNotExist' }
  const { selector } = stage.spec
  return {
    ...stage,
    spec: { ...stage.spec, selector: { ...selector, matchExpressions: [...selector.matchExpressions, notHeld] } },
  }
}

async function collect(go: string, sources: readonly Source[], signal: AbortSignal): Promise<Definitions> {
  const kwok = `sigs.k8s.io/kwok@${kwokVersion}`
  const folders = new Map<string, string>()
  for (const { module } of sources) folders.set(module, await moduleFolder(go, module, signal))
  const read = (module: string, file: string) => documents(join(folders.get(module) ?? '', file))
  return {
    definitions: sources.flatMap(({ module, files }) =>
      files.flatMap((file) =>
        read(module, file).map((document) => parseFrom(`${module}/${file}`, definitionSchema, document)),
      ),
    ),
    stages: stageFiles.flatMap((file) =>
      read(kwok, file).map((document) => unlessHeld(parseFrom(`${kwok}/${file}`, stageSchema, document))),
    ),
  }
}

/** Returns the definitions and stages, from the cache if it was filled from exactly these sources. */
export async function ensureDefinitions(
  { real }: { readonly real: boolean },
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<Definitions> {
  const sources = [...basicSources, ...(real ? sourcesOfControllers : [])]
  const wanted = JSON.stringify([sources, stageFiles, holdAnnotation, 1])
  const key = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(wanted)))
    .toString('hex')
    .slice(0, 16)
  const cached = inCache('definitions', `${key}.json`)
  if (!existsSync(cached)) {
    const go = findGo()
    if (go === undefined)
      throw new Error(
        `The custom resource definitions are published as Go modules, but this machine has no Go. Install ${howToGetGo}.`,
      )
    report(
      'Downloading the custom resource definitions of ArgoCD, External Secrets, Prometheus Operator and cert-manager, once.',
    )
    writeWhole(cached, JSON.stringify(await collect(go, sources, signal)), 0o644)
  }
  return readJson(cached, cachedSchema, 'Delete the file and run npm run sandbox -- up again.')
}
