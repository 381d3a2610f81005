/** Requests to DevLake as shell commands, and the sequences of them that several remedies share. */
import { type CommandLine, command, comment, urlPart } from '../../../basis/command'

/** The id of the connection in a scope of the webhook plugin, such as "webhook:4"; null for other scopes. */
export const webhookOf = (scope: string): string | null => /^webhook:(\d+)$/.exec(scope)?.[1] ?? null

export const isoOf = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())

/**
 * Returns a request to DevLake as a curl command.
 * @param address the address of DevLake itself, such as "http://localhost:8080", or that of the UI followed by "/api"
 * @param body text is sent unchanged, an object as JSON
 */
export function requestTo(address: string, method: string, path: string, body?: object | string): CommandLine {
  const content = typeof body === 'object' ? JSON.stringify(body) : body
  return content === undefined
    ? command`curl -X ${method} '${`${address}${path}`}'`
    : command`curl -X ${method} '${`${address}${path}`}' -H 'content-type: application/json' -d '${content}'`
}

/** Runs a pipeline of the blueprint, which links rows to projects and to each other. */
export const collect = (address: string, blueprint: string): CommandLine[] => [
  requestTo(address, 'POST', `/blueprints/${urlPart(blueprint)}/trigger`),
  comment`repeat until its status is TASK_COMPLETED:`,
  requestTo(address, 'GET', `/blueprints/${urlPart(blueprint)}/pipelines`),
]

/** Gives a blueprint a webhook connection, which replaces its present connections. */
export const connect = (address: string, blueprint: string, connection: string): CommandLine =>
  requestTo(
    address,
    'PATCH',
    `/blueprints/${urlPart(blueprint)}`,
    `{"connections":[{"pluginName":"webhook","connectionId":${connection},"scopes":[]}]}`,
  )
