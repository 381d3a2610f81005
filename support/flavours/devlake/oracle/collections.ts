/**
 * The collections of a stock DevLake: their last state, their age, and the rows that wait for one. Rows that a webhook wrote since
 * the last collection are not wrong; only their age can be.
 */
import { type CommandLine, comment, urlPart } from '../../../basis/command'
import { few } from '../../../basis/few'
import type { FreshFinding } from '../../../basis/finding'
import { day } from '../../../dora/definitions'
import { longestInterval } from '../../../formats/cron'
import type { Administration } from '../rows/administration'
import { collectedPart, deploymentCommitsOf, type Lake, scopesOf } from '../rows/rows'
import { collect, requestTo } from './requests'

type Pipelines = Pick<Administration, 'projects' | 'blueprints' | 'pipelines' | 'failedTasks'>
type Blueprint = Administration['blueprints'][number]

const ended = ['TASK_COMPLETED', 'TASK_PARTIAL', 'TASK_FAILED', 'TASK_CANCELLED']
/** A pipeline in one of these states keeps others of its blueprint from starting. */
const unfinished = ['TASK_CREATED', 'TASK_RERUN', 'TASK_RUNNING']
/** The outcomes of a pipeline that wrote data. */
export const collected = ['TASK_COMPLETED', 'TASK_PARTIAL']

/** A blueprint without a schedule is collected on request; its rows may wait this long. */
const mostWithoutSchedule = 7 * day

/** The pipelines of a blueprint that have ended, oldest first. */
const endedOf = ({ pipelines }: Pick<Administration, 'pipelines'>, blueprint: string | undefined) =>
  pipelines
    .filter((run) => run.blueprint === blueprint && ended.includes(run.status))
    .sort((one, other) => one.id - other.id)

/** The end of the last collection of each project, in milliseconds since 1970. */
export function collectedUntil({
  projects,
  blueprints,
  pipelines,
}: Omit<Pipelines, 'failedTasks'>): Map<string, number> {
  const ends = new Map<string, number>()
  for (const { name } of projects) {
    const own = blueprints.filter(({ project }) => project === name)
    const runs = own.flatMap(({ id }) => endedOf({ pipelines }, id)).filter(({ status }) => collected.includes(status))
    const times = runs.flatMap(({ finishedAt }) => finishedAt ?? [])
    if (times.length > 0)
      ends.set(
        name,
        times.reduce((one, other) => Math.max(one, other)),
      )
  }
  return ends
}

/** The age at which a collection is late: two in a row did not happen. */
const mostAge = ({ schedule }: Pick<Blueprint, 'schedule'>): number => {
  const interval = longestInterval(schedule)
  return interval === null ? mostWithoutSchedule : 2 * interval
}

/** True if a row was written so recently that the next collection of the blueprint may still be to come. */
export const isYoung = (since: number | null, blueprint: Blueprint, now: number): boolean =>
  since !== null && now - since <= mostAge(blueprint)

/** True for a project whose first pipeline has not ended yet. */
export const isFirstToCome = (blueprint: Blueprint, { pipelines }: Pick<Administration, 'pipelines'>): boolean =>
  endedOf({ pipelines }, blueprint.id).length === 0

/** The requests that collect a project. A blueprint that is disabled or has an unfinished pipeline refuses to be triggered. */
export function collectNow(
  { id, enabled }: Blueprint,
  { pipelines }: Pick<Administration, 'pipelines'>,
  address: string,
): CommandLine[] {
  const busy = pipelines.find(({ blueprint, status }) => blueprint === id && unfinished.includes(status))
  const path = `/blueprints/${urlPart(id)}`
  return [
    ...(enabled
      ? []
      : [comment`the blueprint is disabled, so enable it:`, requestTo(address, 'PATCH', path, { enable: true })]),
    ...(busy
      ? [
          comment`its pipeline ${busy.id} is ${busy.status}, and no other can start before it ends. To cancel it:`,
          requestTo(address, 'DELETE', `/pipelines/${busy.id}`),
        ]
      : []),
    ...collect(address, id),
  ]
}

/** The reason why a blueprint collects nothing by itself; empty for one with a schedule. */
export const withoutSchedule = ({ enabled, schedule }: Blueprint): string =>
  !enabled ? 'its blueprint is disabled' : schedule === null ? 'its blueprint runs on request only' : ''

/** Finds projects whose last collection failed, was cancelled or is partial, or is too old for its schedule. */
export function failedCollections(administration: Pipelines, address: string, now: number): FreshFinding[] {
  return administration.projects.flatMap(({ name }) => {
    const blueprint = administration.blueprints.find(({ project }) => project === name)
    if (!blueprint) return []
    const runs = endedOf(administration, blueprint.id)
    const last = runs.at(-1)
    // A project that was never collected is a finding of its own.
    const success = runs.filter(({ status }) => collected.includes(status)).at(-1)
    if (last === undefined || success === undefined) return []
    const remedy = collectNow(blueprint, administration, address)
    if (last.status !== 'TASK_COMPLETED') return [failed(name, runs, administration, remedy)]
    return lateness(name, blueprint, last.finishedAt, remedy, now)
  })
}

function failed(
  name: string,
  runs: Administration['pipelines'],
  { failedTasks }: Pick<Administration, 'failedTasks'>,
  remedy: readonly CommandLine[],
): FreshFinding {
  const last = runs.at(-1)
  const lastSuccess = runs.findLastIndex(({ status }) => status === 'TASK_COMPLETED')
  const since = lastSuccess < 0 ? undefined : runs[lastSuccess]?.finishedAt
  const failures = runs.length - 1 - lastSuccess
  const tasks = failedTasks.filter(({ pipeline }) => pipeline === last?.id)
  const reasons = tasks.length > 0 ? tasks.map(taskInWords) : [reasonIn(last?.message ?? '')]
  return {
    summary: `The last collection of ${name} ended with ${last?.status}.`,
    object: `project ${name}`,
    expected: 'TASK_COMPLETED for the last pipeline of its blueprint',
    found: [
      `pipeline ${last?.id}: ${[last?.status, ...new Set(reasons)].filter(Boolean).join(', ')}`,
      failures > 1 ? `${failures} pipelines in a row did not complete` : '',
      typeof since === 'number' ? `the last complete one ended at ${new Date(since).toISOString()}` : '',
    ]
      .filter((part) => part !== '')
      .join('; '),
    remedy: [
      last?.status === 'TASK_CANCELLED'
        ? comment`somebody cancelled it, so collect again:`
        : comment`correct what the message names, then collect again:`,
      ...remedy,
    ],
  }
}

const taskInWords = ({ plugin, message }: Administration['failedTasks'][number]) => `${plugin}: ${reasonIn(message)}`

/** Parts of a message that only say where it came from. */
const reasonless = /^(?:attached stack trace|Error running (?:pipeline|task) \d+)/

/** The reasons in a message of DevLake, from the general one to the cause, without stack traces and types of errors. */
export function reasonIn(message: string): string {
  const parts = message.split(/\n[ \t|]*Wraps: \(\d+\) ?/).map((part) => part.trimStart().split('\n', 1)[0] ?? '')
  const reasons = new Set(parts.filter((part) => part !== '' && !reasonless.test(part)))
  return [...reasons].join(': ').slice(0, 300)
}

/** @param end the end of the last collection; null if it is unknown */
function lateness(
  name: string,
  blueprint: Blueprint,
  end: number | null,
  remedy: readonly CommandLine[],
  now: number,
): FreshFinding[] {
  // Without a schedule, only rows that wait make a collection late.
  if (end === null || blueprint.schedule === null || now - end <= mostAge(blueprint)) return []
  return [
    {
      summary: `The project ${name} was last collected ${inWords(now - end)} ago.`,
      object: `project ${name}`,
      expected: `a collection by its schedule "${blueprint.schedule}", at most ${inWords(mostAge(blueprint))} ago`,
      found: `the last pipeline ended at ${new Date(end).toISOString()}`,
      remedy,
    },
  ]
}

const inWords = (duration: number) =>
  duration >= day ? `${Math.floor(duration / day)} d` : `${Math.max(1, Math.floor((24 * duration) / day))} h`

/** The rows of a project that wait for its next collection. */
interface Waiting {
  readonly blueprint: Blueprint
  readonly rows: readonly string[]
  /** When the oldest of them was written, in milliseconds since 1970. */
  readonly oldest: number
}

/** The deployments, incidents and pull requests of a project that were written since its last collection. */
function waitingRows(lake: Lake, { blueprints }: Pick<Administration, 'blueprints'>, name: string): Waiting | null {
  const blueprint = blueprints.find(({ project }) => project === name)
  if (!blueprint) return null
  const known = collectedPart(lake, name)
  const scopes = (kind: string) => scopesOf(lake, [name], kind)
  const [deployed, boards, repositories] = [scopes('cicd_scopes'), scopes('boards'), scopes('repos')]
  const missing = <Row>(all: readonly Row[], collectedRows: readonly Row[]) => {
    const there = new Set(collectedRows)
    return all.filter((row) => !there.has(row))
  }
  const rows = [
    ...missing(deploymentCommitsOf(lake, [name]), known.deploymentCommits).map(({ deployment, writtenAt }) => ({
      text: `deployment ${deployment}`,
      writtenAt,
    })),
    ...missing(lake.incidents, known.incidents)
      .filter(({ scope }) => boards.has(scope) || deployed.has(scope))
      .map(({ id, writtenAt }) => ({ text: `incident ${id}`, writtenAt })),
    ...missing(lake.pullRequests, known.pullRequests)
      .filter(({ repository }) => repositories.has(repository))
      .map(({ id, writtenAt }) => ({ text: `pull request ${id}`, writtenAt })),
  ]
  if (rows.length === 0) return null
  const oldest = rows.reduce((least, { writtenAt }) => Math.min(least, writtenAt ?? least), Number.POSITIVE_INFINITY)
  return { blueprint, rows: [...new Set(rows.map(({ text }) => text))], oldest }
}

/** Finds rows that have waited for a collection for too long. */
export function lateRows(lake: Lake, administration: Pipelines, address: string, now: number): FreshFinding[] {
  return administration.projects.flatMap(({ name }) => {
    const waiting = waitingRows(lake, administration, name)
    if (waiting === null || now - waiting.oldest <= mostAge(waiting.blueprint)) return []
    return [
      {
        summary: `${waiting.rows.length} ${waiting.rows.length === 1 ? 'row' : 'rows'} of ${name} waited ${inWords(now - waiting.oldest)} for a collection.`,
        object: `project ${name}`,
        expected: `a collection at most ${inWords(mostAge(waiting.blueprint))} after a row is written`,
        found: [few(waiting.rows), withoutSchedule(waiting.blueprint)].filter((part) => part !== '').join('; '),
        remedy: collectNow(waiting.blueprint, administration, address),
      },
    ]
  })
}

/** The rows that wait for a collection of these projects, with the request that starts it. Empty without such rows. */
export function waitingInWords(
  lake: Lake,
  administration: Pick<Administration, 'blueprints'>,
  projects: readonly string[],
): string {
  return projects
    .flatMap((name) => {
      const waiting = waitingRows(lake, administration, name)
      if (waiting === null) return []
      return `not compared, because ${name} was not collected since: ${few(waiting.rows)} (POST /blueprints/${waiting.blueprint.id}/trigger)`
    })
    .join('; ')
}
