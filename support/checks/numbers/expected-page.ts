/**
 * The numbers and table rows that dashboards must show for one or several projects in a window, computed from streams of their
 * events. Only the rows inside the window are kept. Pure.
 */
import type { TableField, TableRows } from '../../contracts/dashboards'
import { emptyAccount } from '../../dora/account'
import { canonical, minute, type ShippedDeployment } from '../../dora/definitions'
import type { Build, Incident } from '../../dora/events'
import type { Reading, Window } from '../../dora/metrics'
import { ProjectOracle, type Question } from '../../dora/oracle'
import { readingOf } from '../../dora/reading'
import { SeenCommits } from '../../dora/seen-commits'
import type { EventReader } from '../../service/raw-events'

/** The cells of a row; times are milliseconds since 1970 UTC, durations are minutes. */
export type TableRow = Readonly<Partial<Record<TableField, string | number | null>>> & {
  readonly time: number
  readonly id: string
}

type Place = Pick<TableRow, 'time' | 'id' | 'project'>

/** Two projects may have deployments of the same id and the same instant. */
export const latestFirst = (one: Place, other: Place): number =>
  other.time - one.time || descending(one.id, other.id) || descending(String(one.project), String(other.project))

const descending = (one: string, other: string) => (one < other ? 1 : one > other ? -1 : 0)

/** The values that dashboards must show. */
export interface ExpectedPage {
  readonly reading: Reading
  /** All rows of a kind, the latest first. */
  readonly rows: (kind: TableRows) => readonly TableRow[]
}

/** The values of all projects together. @param projects in the order in which their events were read, each one finished */
export function togetherOn(projects: readonly ProjectPage[]): ExpectedPage {
  const last = projects.at(-1)
  return {
    reading: last?.reading() ?? {},
    rows: (kind) => projects.flatMap((project) => project.rows(kind)).sort(latestFirst),
  }
}

interface DeploymentRow extends TableRow {
  incidents: number
}

/** Takes the events of one project as `readEvents` passes them, and continues the numbers of the projects before it. */
export class ProjectPage implements EventReader {
  private readonly account = emptyAccount()
  private readonly oracle: ProjectOracle
  private readonly window: Window
  private readonly deployments = new Map<string, DeploymentRow>()
  private readonly restorations: TableRow[] = []
  private readonly shipped = new Map<string | null, SeenCommits>()

  constructor(
    private readonly question: Question,
    before?: ProjectPage,
  ) {
    const [window] = question.windows
    if (!window) throw new Error('The question has no window.')
    this.window = window
    this.oracle = new ProjectOracle({ ...question, account: this.account }, before?.oracle)
  }

  incident(incident: Incident): void {
    this.oracle.incident(incident)
    const { id, environment, severity, createdAt, resolvedAt } = incident
    const { project, severities } = this.question
    const counted = severities?.map((name) => name.toLowerCase())
    const isMeant =
      canonical.countsEnvironment(environment, 'production') &&
      (counted === undefined || counted.includes(severity?.toLowerCase() ?? ''))
    if (!isMeant || resolvedAt === null || resolvedAt < createdAt || !canonical.isWithin(resolvedAt, this.window))
      return
    const minutes = (resolvedAt - createdAt) / minute
    this.restorations.push({ project, time: resolvedAt, id, severity, created: createdAt, minutes })
  }

  deployment(deployment: ShippedDeployment): void {
    this.oracle.deployment(deployment)
    const { id, repository, environment, result, finishedAt: time } = deployment
    const { leadTimes } = this.account
    const lead = leadTimes.get(id)
    leadTimes.delete(id)
    const outcome = canonical.outcomeOf(result)
    if (time === null || outcome === null || !canonical.countsEnvironment(environment, 'production')) return
    const commits = outcome === 'success' ? this.newCommits(deployment) : 0
    if (canonical.isWithin(time, this.window)) {
      const { project } = this.question
      const change = lead && 'duration' in lead ? { began: lead.began, minutes: lead.duration / minute, commits } : {}
      this.deployments.set(id, { project, time, id, outcome, repository, incidents: 0, ...change })
    }
    this.countBlame()
  }

  build(build: Build): void {
    this.oracle.build(build)
  }

  finish(): void {
    this.oracle.finish()
    this.countBlame()
  }

  /** The quantities of this project and those before it. */
  reading(): Reading {
    const [metrics] = this.oracle.result().windows
    if (!metrics) throw new Error('The question has no window.')
    return readingOf(metrics)
  }

  rows(kind: TableRows): readonly TableRow[] {
    if (kind === 'restorations') return this.restorations
    return [...this.deployments.values()].filter(({ outcome, incidents, minutes }) => {
      if (kind === 'failures') return outcome === 'failure' || incidents > 0
      return kind === 'deployments' || minutes !== undefined
    })
  }

  /** Moves the blame from the account to the rows, so that the account does not grow. */
  private countBlame(): void {
    const { blame } = this.account
    for (const id of blame.values()) {
      const row = this.deployments.get(id)
      if (row) row.incidents++
    }
    blame.clear()
  }

  /** The number of new commits of a success whose author time is known. */
  private newCommits({ repository, commits }: ShippedDeployment): number {
    const shipped = this.shipped.get(repository) ?? new SeenCommits()
    this.shipped.set(repository, shipped)
    return commits.filter(({ sha, authoredAt }) => shipped.add(sha) && authoredAt !== null).length
  }
}
