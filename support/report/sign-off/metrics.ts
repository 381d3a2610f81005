/** The four metrics: value, level, samples, range, surfaces that agree, and the trend; in all and for each project. */
import { shown } from '../../dora/comparison'
import type { MeasuredMetric, MeasuredValue, ProjectNumber } from '../../dora/measured'
import type { Cause, EarlierRun, Verdict } from '../../record/verdict'
import { type Html, html } from '../wording/html'
import type { MetricOutline, Outline } from '../wording/outline'
import { capital, instant, plural, samplesOf, valueInWords } from '../wording/wording'
import { anchor, badge, classOf, icon } from './state'
import { trend } from './trend'

/** The most projects whose numbers are printed. */
const printedProjects = 12

export function metricsSection(verdict: Verdict, { metrics }: Outline): Html {
  const runs = earlierThan(verdict)
  return html`
<section aria-labelledby="metrics">
  <h2 id="metrics">The four metrics</h2>
  <ul class="metrics">${metrics.map((metric) => card(metric, verdict.causes, runs))}</ul>
  ${byProject(metrics, runs)}
  ${definitions(metrics)}
</section>`
}

function card({ name, state, items, measured }: MetricOutline, causes: readonly Cause[], runs: readonly EarlierRun[]) {
  const proven = state === 'passed'
  const wrong = state === 'failed' || state === 'error'
  return html`
<li class="metric${proven ? '' : ' unproven'}${wrong ? ' wrong' : ''}">
  <h3>${capital(name)}</h3>
  <p class="value">${measured === null ? html`<span class="none">${without(state)}</span>` : value(measured.metric, measured.all)}</p>
  ${measured === null ? null : numbers(measured, [...runs.map(({ metrics }) => metrics[name]?.all ?? null), measured.all.value])}
  <p class="proof">${icon(state)}<span>${proven ? html`<b>proven</b> <span class="quiet">by ${links(items)}</span>` : reason({ state, items }, causes)}</span></p>
</li>`
}

/** The value in words; a pointer that rests on it shows the exact one. */
const value = (metric: MeasuredMetric['metric'], number: MeasuredValue): Html =>
  html`<b${exact(metric, number) === null ? null : html` title="exactly ${number.shown}"`}>${valueInWords(metric, number)}</b>${number.level === null ? null : html` <span class="level">${number.level}</span>`}`

/** The exact value, if its words differ from it. */
const exact = (metric: MeasuredMetric['metric'], number: MeasuredValue): string | null =>
  valueInWords(metric, number) === number.shown ? null : number.shown

/** The words for a metric without numbers. */
const without = (state: MetricOutline['state']): string => {
  if (state === 'passed') return 'no number recorded'
  return state === 'blocked' || state === 'not applicable' ? state : 'not compared'
}

function numbers({ metric, all, range, projects, of }: MeasuredMetric, values: readonly (number | null)[]): Html {
  const some = projects.length < of ? `${projects.length} of ${of} projects` : plural(of, 'project')
  return html`
  ${trend(values, unitOf(metric))}
  <p class="quiet">${samplesOf(metric, all)} in the ${range}, ${some}</p>
  <p class="quiet">${agreement(projects)}</p>`
}

/** The number of surfaces that agree for all projects. */
function agreement(projects: readonly ProjectNumber[]): string {
  const names = (of: (surfaces: ProjectNumber['surfaces']) => readonly string[]) =>
    new Set(projects.flatMap(({ surfaces }) => of(surfaces)))
  const differing = names(({ differing }) => differing)
  const unread = names(({ unread }) => unread)
  const all = names(({ agreeing, differing, unread }) => [...agreeing, ...differing, ...unread])
  const agreeing = [...all].filter((name) => !differing.has(name) && !unread.has(name)).length
  const words = [
    `${agreeing} of ${plural(all.size, 'surface')} ${all.size === 1 ? 'agrees' : 'agree'}`,
    ...(differing.size > 0 ? [`${differing.size} differ${differing.size === 1 ? 's' : ''}`] : []),
    ...(unread.size > 0 ? [`${unread.size} not read`] : []),
  ]
  return words.join(', ')
}

/** The reason why a metric is not proven: its cause, or its items. */
function reason({ state, items }: Pick<MetricOutline, 'state' | 'items'>, causes: readonly Cause[]): Html {
  const open = items.filter(({ status }) => status === state)
  const cause = causes.find((one) => open.some(({ id }) => one.items.includes(id)))
  const which = open.length === 0 ? 'the run itself failed' : html`${links(open)} ${state}`
  return html`<b>not proven:</b> <span class="quiet">${which}</span>${
    cause === undefined ? null : html`<br><a href="#${anchor('cause', cause.id)}">${cause.summary}</a>`
  }`
}

const links = (items: readonly { readonly id: string }[]): Html =>
  html`${items.map(({ id }, index) => html`${index === 0 ? null : ', '}<a href="#${anchor('item', id)}">${id}</a>`)}`

function byProject(metrics: readonly MetricOutline[], runs: readonly EarlierRun[]): Html | null {
  const names = [...new Set(metrics.flatMap(({ measured }) => measured?.projects.map(({ project }) => project) ?? []))]
  if (names.length === 0) return null
  return html`
<details class="fold ${names.length <= printedProjects ? 'printed' : ''}"><summary>Each project <span class="aside">${plural(names.length, 'project')}</span></summary>
  <div class="scroll" tabindex="0" role="group" aria-label="The metrics of each project">
  <table class="numbers">
    <thead><tr><th scope="col">Project</th>${metrics.map(({ name }) => html`<th scope="col">${capital(name)}</th>`)}</tr></thead>
    <tbody>${names.map((project) => html`<tr><th scope="row">${project}</th>${metrics.map((metric) => html`<td>${cell(metric, project, runs)}</td>`)}</tr>`)}</tbody>
  </table>
  </div>
</details>`
}

function cell({ name, measured }: MetricOutline, project: string, runs: readonly EarlierRun[]): Html {
  const number = measured?.projects.find((one) => one.project === project)
  if (number === undefined || measured === null) return html`<span class="quiet">not compared</span>`
  const { agreeing, differing, unread } = number.surfaces
  const all = agreeing.length + differing.length + unread.length
  const wrong = [...differing.map((one) => `${one} differs`), ...unread.map((one) => `${one} was not read`)]
  const values = [...runs.map((run) => earlierValue(run, name, project)), number.value]
  const precisely = exact(measured.metric, number)
  return html`${value(measured.metric, number)} ${trend(values, unitOf(measured.metric))}
  <span class="quiet">${precisely === null ? null : `${precisely}, `}${samplesOf(measured.metric, number)}, ${agreeing.length} of ${all} agree${wrong.length === 0 ? null : `: ${wrong.join(', ')}`}</span>`
}

/** The value of a project in an earlier run, which may not have known it: a project can have the name of a member of all objects. */
function earlierValue({ metrics }: EarlierRun, metric: string, project: string): number | null {
  const projects = metrics[metric]?.projects ?? {}
  return Object.hasOwn(projects, project) ? (projects[project] ?? null) : null
}

/** The words for a number on the line of a metric. */
const unitOf = (metric: MeasuredMetric['metric']) => (value: number) =>
  valueInWords(metric, { value, shown: shown(metric, Number(value.toFixed(2))), level: null, samples: 0 })

function definitions(metrics: readonly MetricOutline[]): Html | null {
  const known = metrics.flatMap(({ name, measured }) => (measured === null ? [] : [{ name, measured }]))
  if (known.length === 0) return null
  return html`
<details class="fold"><summary>Definitions, ranges and exact values</summary>
  <dl class="definitions">${known.map(({ name, measured }) => html`<div><dt>${capital(name)}</dt><dd>${measured.definition} <span class="quiet">Levels: ${measured.levels}. ${rangesOf(measured)} Exact value: ${measured.all.shown}.</span></dd></div>`)}</dl>
</details>`
}

function rangesOf({ projects }: MeasuredMetric): string {
  const [first] = projects
  if (first === undefined) return ''
  const to =
    projects
      .map((one) => one.to)
      .sort()
      .at(-1) ?? first.to
  const from = projects.map((one) => one.from).sort()[0] ?? first.from
  return `Range: ${instant(from)} to ${instant(to)}.`
}

/** The earlier runs, without this one, whose shards may be merged twice. */
const earlierThan = ({ history, finishedAt }: Verdict): readonly EarlierRun[] =>
  history?.runs.filter((run) => run.finishedAt !== finishedAt) ?? []

type Ended = Pick<EarlierRun, 'run' | 'verdict' | 'finishedAt'>

/** Consecutive runs of one name are the attempts of one run, such as a blocked run that its Job repeated. */
function byRun(ended: readonly Ended[]): Ended[][] {
  const runs: Ended[][] = []
  for (const one of ended) {
    const last = runs.at(-1)
    if (one.run !== undefined && last?.[0]?.run === one.run) last.push(one)
    else runs.push([one])
  }
  return runs
}

function attempts(ended: readonly Ended[]): Html {
  const said = ({ verdict, finishedAt }: Ended) => `${verdict}, ${instant(finishedAt)}`
  const [only, ...others] = ended
  if (only !== undefined && others.length === 0)
    return html`<li class="${classOf(only.verdict)}">${icon(only.verdict)}<span class="hidden">${said(only)}</span></li>`
  return html`<li class="attempts">${ended.map((one, index) => html`<span class="${classOf(one.verdict)}">${icon(one.verdict)}<span class="hidden">attempt ${index + 1} of ${ended.length}: ${said(one)}. </span></span>`)}</li>`
}

/** The verdicts of the last runs with their attempts, oldest first, and this one. */
export function strip(verdict: Verdict): Html | null {
  const { history } = verdict
  const earlier = earlierThan(verdict)
  if (history === undefined || (earlier.length === 0 && history.unreadable.length === 0)) return null
  const runs = byRun([...earlier, verdict])
  const own = runs.at(-1)?.length ?? 1
  const isRepeated = runs.some(({ length }) => length > 1)
  return html`
<div class="strip">
  <h2>The last ${plural(runs.length, 'run')}${isRepeated ? ` in ${earlier.length + 1} attempts` : null}</h2>
  <ol>${runs.map(attempts)}</ol>
  <p class="quiet">Oldest first; this run is ${badge(verdict.verdict)}${own > 1 ? ` in attempt ${own}` : null}${isRepeated ? html`. A frame holds the attempts of one run.` : null}</p>
  ${history.unreadable.map((sentence) => html`<p class="quiet">${sentence}</p>`)}
</div>`
}
