/** Grafana's stand-in: the home page, which lists the dashboards by folder. */
import { element } from './elements.mjs'

const answer = await fetch('api/search?type=dash-db')
const dashboards = answer.ok ? await answer.json() : []
const folders = Map.groupBy(dashboards, ({ folderTitle = 'General' }) => folderTitle)
document.querySelector('main').replaceChildren(
  element('h1', {}, 'Dashboards'),
  ...[...folders].flatMap(([folder, contents]) => [
    element('h2', {}, folder),
    element(
      'ul',
      {},
      contents.map(({ title, url }) => element('li', {}, element('a', { href: url }, title))),
    ),
  ]),
)
