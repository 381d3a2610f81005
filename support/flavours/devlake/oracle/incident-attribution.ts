/**
 * The deployment that an incident is attributed to, as a collection writes it to `project_incident_deployment_relationships`
 * (incident_deploy_connector.go): the last successful production deployment of the incident's project that finished before the
 * incident was created. A deployment that the incident names is ignored.
 */

import { collectedPart, type Lake, scopesOf } from '../rows/rows'
import { byFinish, productionCommits } from './production-deployments'

export interface Attribution {
  readonly project: string
  readonly incident: string
  readonly deployment: string
  readonly resolvedAt: number | null
}

/** The attributions of all projects. */
export function attributionsOf(lake: Lake): Attribution[] {
  const projects = [...new Set(lake.mappings.map(({ project }) => project))]
  return projects.flatMap((project) => attributionsIn(lake, project))
}

function attributionsIn(lake: Lake, project: string): Attribution[] {
  const collected = collectedPart(lake, project)
  const commits = productionCommits(collected, [project]).sort(byFinish)
  const incidents = incidentsOf(collected, [project]).sort((one, other) => one.createdAt - other.createdAt)
  let passed = 0
  return incidents.flatMap(({ id, createdAt, resolvedAt }) => {
    while ((commits[passed]?.finishedAt ?? createdAt) < createdAt) passed++
    const blamed = commits[passed - 1]
    return blamed ? [{ project, incident: id, deployment: blamed.deployment, resolvedAt }] : []
  })
}

type Incident = Lake['incidents'][number]

/** The incidents of the projects, each once. Without a creation time, an incident can be neither attributed nor measured. */
export function incidentsOf(lake: Lake, projects: readonly string[]): (Incident & { readonly createdAt: number })[] {
  const kinds = new Set(lake.incidents.map(({ kind }) => kind))
  const scopes = new Map([...kinds].map((kind) => [kind, scopesOf(lake, projects, kind)]))
  return lake.incidents.filter(
    (incident): incident is Incident & { createdAt: number } =>
      incident.createdAt !== null && (scopes.get(incident.kind)?.has(incident.scope) ?? false),
  )
}
