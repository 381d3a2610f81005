/** Requests to DevLake as commands to type, and those that several remedies are made of. */

/** A scope of the webhook plugin is its connection: "webhook:4". */
export const webhookOf = (scope: string): string | null => /^webhook:(\d+)$/.exec(scope)?.[1] ?? null

export const isoOf = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())

/**
 * @param address where DevLake itself is: "http://localhost:8080", or the UI's with "/api"
 * @param body a text is sent as it is
 */
export function requestTo(address: string, method: string, path: string, body?: object | string): string {
  const content = typeof body === 'object' ? JSON.stringify(body) : body
  const sent = content === undefined ? '' : ` -H 'content-type: application/json' -d ${quoted(content)}`
  return `curl -X ${method} ${quoted(`${address}${path}`)}${sent}`
}

/** For a shell, whatever a name in the database may contain. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** What links rows to projects and to each other: a pipeline of the blueprint. */
export const collect = (address: string, blueprint: string): string[] => [
  requestTo(address, 'POST', `/blueprints/${blueprint}/trigger`),
  `# until its status is TASK_COMPLETED:\n${requestTo(address, 'GET', `/blueprints/${blueprint}/pipelines`)}`,
]

/** Gives a blueprint a webhook connection, in the place of those that it has. */
export const connect = (address: string, blueprint: string, connection: string): string =>
  requestTo(
    address,
    'PATCH',
    `/blueprints/${blueprint}`,
    `{"connections":[{"pluginName":"webhook","connectionId":${connection},"scopes":[]}]}`,
  )
