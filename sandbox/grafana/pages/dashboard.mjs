/**
 * Grafana's stand-in: the page of a dashboard. Like Grafana's page, it fetches the JSON model, runs the queries of the variables,
 * inserts their values into the panels' queries, posts each to /api/ds/query, and draws the results.
 */
import { element, testId } from './elements.mjs'
import { drawn } from './panels.mjs'
import { instantOf, quickRanges, shownRange } from './time.mjs'
import { choices, chosenValues, interpolated, resolved } from './variables.mjs'

const uid = decodeURIComponent(/\/d\/([^/]+)/.exec(location.pathname)?.[1] ?? '')
const root = document.querySelector('main')
let requests = 0
/** Counts the drawings, so that answers for an earlier one are discarded. */
let generation = 0

async function fetched(path, options) {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, ...options })
  if (answer.status === 401) {
    location.assign('login')
    await new Promise(() => undefined)
  }
  const body = await answer.json().catch(() => ({ message: `${answer.status} ${answer.statusText}` }))
  return { ok: answer.ok, body }
}

/** The reference to a data source. Older models name it by a string, which Grafana converts the same way. */
const datasourceReference = (source) => (typeof source === 'string' ? { type: 'mysql', uid: source } : source)

/** The data sources of a type. */
async function sourcesOf(type) {
  const { ok, body } = await fetched('api/datasources')
  return ok ? body.filter((source) => source.type === type) : []
}

/** Runs one query in the time range and returns its data frames, or the error. */
async function runQuery(given, range, headers, variables) {
  requests += 1
  const source = datasourceReference(given.datasource)
  const datasource = source && { ...source, uid: interpolated(source.uid ?? '', variables, range) }
  const query = { ...given, datasource }
  const body = {
    queries: [{ ...query, intervalMs: 60000, maxDataPoints: 1000 }],
    from: String(range.from),
    to: String(range.to),
  }
  const answer = await fetched(`api/ds/query?ds_type=${query.datasource?.type ?? ''}&requestId=SQR${100 + requests}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-grafana-org-id': '1',
      'x-dashboard-uid': uid,
      'x-datasource-uid': query.datasource?.uid ?? '',
      'x-plugin-id': query.datasource?.type ?? '',
      ...headers,
    },
    body: JSON.stringify(body),
  })
  const result = answer.body.results?.[query.refId]
  const error = result?.error ?? (answer.ok ? undefined : (answer.body.message ?? 'An unexpected error happened'))
  return {
    frames: result?.frames ?? [],
    frame: result?.frames?.[0] ?? { schema: { fields: [] }, data: { values: [] } },
    error,
  }
}

function rangeOf({ time = {} }, parameters, now) {
  const [from, to] = [parameters.get('from') ?? time.from ?? 'now-6h', parameters.get('to') ?? time.to ?? 'now']
  return { text: { from, to }, from: instantOf(from, now) ?? now - 216e5, to: instantOf(to, now, true) ?? now }
}

/** The time range of a panel. A time of its own replaces relative ranges only, and ends where the dashboard's range ends. */
const panelRange = ({ timeFrom }, range) =>
  timeFrom && range.text.from.startsWith('now')
    ? { ...range, from: instantOf(`now-${timeFrom}`, range.to) ?? range.from }
    : range

function placed({ x, y, w, h }) {
  return `grid-column:${x + 1}/span ${w};grid-row:${y + 1}/span ${h}`
}

/** A panel with its model. Of a panel of the library, the dashboard has a reference only. */
async function loaded(panel) {
  if (panel.type !== undefined || panel.libraryPanel === undefined) return panel
  const { ok, body } = await fetched(`api/library-elements/${encodeURIComponent(panel.libraryPanel.uid)}`)
  return ok ? { ...body.result.model, id: panel.id, gridPos: panel.gridPos } : { ...panel, type: 'library panel' }
}

/** A panel, or its copies side by side for each value of the variable that it is repeated for. */
function copiesOf(panel, variables) {
  const repeated = variables.find(({ name }) => name === panel.repeat)
  const values = repeated === undefined ? [] : chosenValues(repeated)
  if (values.length < 2) return [{ panel, variables, key: `panel-${panel.id}` }]
  const { gridPos } = panel
  const w = Math.max(1, Math.floor(gridPos.w / values.length))
  return values.map((value, index) => ({
    panel: { ...panel, gridPos: { ...gridPos, w, x: (gridPos.x + index * w) % 24 } },
    variables: variables.map((one) => (one === repeated ? { ...one, value } : one)),
    key: index === 0 ? `panel-${panel.id}` : `panel-${panel.id}-clone-${index}`,
  }))
}

function frameOf(panel, variables, range, key) {
  const title = interpolated(panel.title ?? '', variables, range)
  const content = element('div', { class: 'content', ...testId('panel content') })
  const heading = element('h2', { title: panel.description }, title)
  const header = element('header', { ...testId('header-container') }, heading)
  const bar = element('div', { class: 'loading', ...testId('Panel loading bar'), 'aria-label': 'Panel loading bar' })
  const section = element(
    'section',
    {
      class: 'panel',
      style: placed(panel.gridPos),
      'data-viz-panel-key': key,
      ...testId(`Panel header ${title}`),
    },
    bar,
    header,
    content,
  )
  return { section, header, content, bar }
}

async function fill(panel, { header, content, bar }, variables, range, current) {
  const own = panelRange(panel, range)
  // A text panel runs no queries, even if its model has some.
  const targets = panel.type === 'text' ? [] : (panel.targets ?? []).filter(({ hide }) => !hide)
  const answers = await Promise.all(
    targets.map((target) =>
      runQuery(
        {
          ...target,
          datasource: target.datasource ?? panel.datasource,
          rawSql: interpolated(target.rawSql ?? '', variables, own),
        },
        own,
        { 'x-panel-id': String(panel.id), 'x-panel-plugin-id': panel.type },
        variables,
      ),
    ),
  )
  if (current !== generation) return
  const errors = answers.flatMap(({ error }) => (error === undefined ? [] : [error]))
  if (errors.length > 0) {
    const message = errors.join('; ')
    header.append(
      element(
        'button',
        { type: 'button', class: 'status', title: message, 'aria-label': message, ...testId('Panel status error') },
        '⚠',
      ),
    )
  }
  const space = { width: content.clientWidth, height: content.clientHeight }
  content.replaceChildren(
    drawn(
      panel,
      answers.flatMap(({ frames }) => frames),
      own,
      space,
    ),
  )
  bar.remove()
}

/** Changes the address and draws again, as Grafana does after a selection. */
function choose(changes) {
  const parameters = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes)) parameters.set(name, value)
  history.pushState(undefined, '', `${location.pathname}?${parameters}`)
  void draw()
}

function chooser(variable) {
  const label = variable.label || variable.name
  const chosen = Array.isArray(variable.value) ? variable.value : [variable.value]
  const options = choices(variable).map(({ text, value }) =>
    element('option', { value, selected: chosen.includes(value) }, text),
  )
  const id = `var-${variable.name}`
  return element(
    'div',
    { class: 'variable', ...testId('template variable') },
    element('label', { for: id, ...testId(`Dashboard template variables submenu Label ${label}`) }, label),
    element('select', { id, change: (event) => choose({ [id]: event.target.value }) }, options),
  )
}

function timePicker(range) {
  const { from, to } = range.text
  const known = quickRanges.some(([start, end]) => start === from && end === to)
  const shown = shownRange(from, to, range)
  const options = [
    ...(known ? [] : [element('option', { value: '', selected: true }, shown)]),
    ...quickRanges.map(([start, end, text], index) =>
      element('option', { value: index, selected: start === from && end === to }, text),
    ),
  ]
  const change = (event) => {
    const [start, end] = quickRanges[Number(event.target.value)]
    choose({ from: start, to: end })
  }
  return element(
    'div',
    { class: 'variable', ...testId('TimePicker Open Button') },
    element('label', { for: 'time-range' }, 'Time range (UTC)'),
    element('select', { id: 'time-range', change }, options),
  )
}

function withChrome(dashboard, meta, variables, range, parameters, errors) {
  const kiosk = parameters.has('kiosk')
  const crumbs = element(
    'nav',
    { class: 'crumbs', 'aria-label': 'Breadcrumbs' },
    element('a', { href: './' }, 'Dashboards'),
    ' › ',
    element('span', {}, meta.folderTitle),
    ' › ',
    element('strong', {}, dashboard.title),
    element('a', { href: 'logout', class: 'out' }, 'Sign out'),
  )
  const controls = element(
    'div',
    { class: 'controls', ...testId('dashboard controls') },
    variables.filter(({ hide }) => hide !== 2).map(chooser),
    element('span', { class: 'gap' }),
    timePicker(range),
  )
  const alerts = errors.map((message) =>
    element('p', { class: 'alert', role: 'alert', ...testId('Alert error') }, message),
  )
  return [kiosk ? element('h1', {}, dashboard.title) : crumbs, ...alerts, controls]
}

async function draw() {
  generation += 1
  const current = generation
  const { ok, body } = await fetched(`api/dashboards/uid/${encodeURIComponent(uid)}`)
  if (!ok) {
    root.replaceChildren(element('p', { class: 'alert', role: 'alert' }, body.message))
    return
  }
  const { dashboard, meta } = body
  document.title = `${dashboard.title} - ${meta.folderTitle} - Dashboards - Grafana`
  const parameters = new URLSearchParams(location.search)
  const range = rangeOf(dashboard, parameters, Date.now())
  const errors = []
  const variables = await resolved(
    dashboard.templating?.list ?? [],
    parameters,
    range,
    (query, known) => runQuery(query, range, {}, known),
    (type) => sourcesOf(type),
    (message) => errors.push(message),
  )
  const models = await Promise.all((dashboard.panels ?? []).map(loaded))
  if (current !== generation) return
  const panels = models
    .filter(({ type }) => type !== 'row')
    .flatMap((panel) => copiesOf(panel, variables))
    .map((copy) => ({ ...copy, parts: frameOf(copy.panel, copy.variables, range, copy.key) }))
  const grid = element(
    'div',
    { class: 'grid' },
    panels.map(({ parts }) => parts.section),
  )
  root.replaceChildren(...withChrome(dashboard, meta, variables, range, parameters, errors), grid)
  await Promise.all(panels.map((copy) => fill(copy.panel, copy.parts, copy.variables, range, current)))
}

addEventListener('popstate', () => void draw())
void draw()
