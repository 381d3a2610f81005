/** Stand-in for Grafana's pages: the login form, the list of dashboards, and the page that draws a dashboard. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts } from './accounts'
import { callerOf, toLogin } from './authentication'
import type { Installation } from './installation'

const folder = join(__dirname, 'pages')
const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

const assets: Readonly<Record<string, string>> = {
  'grafana.css': 'text/css; charset=utf-8',
  'login.mjs': 'text/javascript; charset=utf-8',
  'home.mjs': 'text/javascript; charset=utf-8',
  'dashboard.mjs': 'text/javascript; charset=utf-8',
  'variables.mjs': 'text/javascript; charset=utf-8',
  'time.mjs': 'text/javascript; charset=utf-8',
  'values.mjs': 'text/javascript; charset=utf-8',
  'panels.mjs': 'text/javascript; charset=utf-8',
  'chart.mjs': 'text/javascript; charset=utf-8',
  'elements.mjs': 'text/javascript; charset=utf-8',
}

const pageUnder = (root: string, title: string, script: string, body: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <base href="${root}/">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="public/build/grafana.css">
    <script type="module" src="public/build/${script}"></script>
  </head>
  <body>
    ${body}
  </body>
</html>
`

const loginForm = `<main class="login">
      <form data-testid="data-testid Login form">
        <h1>Welcome to Grafana</h1>
        <label>Email or username
          <input name="user" autocomplete="username" required data-testid="data-testid Username input field">
        </label>
        <label>Password
          <input name="password" type="password" autocomplete="current-password" required data-testid="data-testid Password input field">
        </label>
        <p role="alert" class="alert" hidden data-testid="data-testid Alert error"></p>
        <button type="submit" data-testid="data-testid Login button">Log in</button>
      </form>
    </main>`

export function servePages(server: FastifyInstance, installation: Installation, accounts: Accounts): void {
  const { root } = installation
  const page = (title: string, script: string, body: string) => pageUnder(root, title, script, body)
  const html = (reply: FastifyReply, body: string) => reply.type('text/html; charset=utf-8').send(body)
  const isKnown = (request: FastifyRequest) => !('status' in callerOf(request, accounts, installation))

  server.get<{ Params: { name: string } }>('/public/build/:name', (request, reply) => {
    const type = assets[request.params.name]
    if (type === undefined) return reply.code(404).send({ message: 'Not found' })
    return reply.header('cache-control', 'max-age=3600').type(type).send(text(request.params.name))
  })
  const isUser = (request: FastifyRequest) => 'user' in callerOf(request, accounts, installation)
  server.get('/login', (request, reply) =>
    isUser(request) ? reply.redirect(`${root}/`, 302) : html(reply, page('Grafana', 'login.mjs', loginForm)),
  )
  server.get('/', (request, reply) =>
    isKnown(request) ? html(reply, page('Grafana', 'home.mjs', '<main></main>')) : toLogin(request, reply, root),
  )
  const dashboard = (request: FastifyRequest, reply: FastifyReply) =>
    isKnown(request) ? html(reply, page('Grafana', 'dashboard.mjs', '<main></main>')) : toLogin(request, reply, root)
  server.get('/d/:uid', dashboard)
  server.get('/d/:uid/:slug', dashboard)
}
