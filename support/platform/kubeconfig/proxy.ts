/** Selects the proxy for an API server by Go's rules for HTTPS_PROXY, HTTP_PROXY and NO_PROXY (golang.org/x/net/http/httpproxy). */
import { BlockList, isIP } from 'node:net'

type Environment = Readonly<Record<string, string | undefined>>

/** Returns the URL of the proxy for a server; undefined for a direct connection. A loopback address never has a proxy. */
export function proxyFromEnvironment(server: URL, environment: Environment): string | undefined {
  const variables = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  const proxy = firstOf(environment, variables)
  if (proxy === undefined || isExempt(server, firstOf(environment, ['NO_PROXY', 'no_proxy']) ?? '')) return undefined
  if (!URL.parse(proxy)?.host) return `http://${proxy}`
  // Go takes every proxy for an HTTP proxy whose scheme it does not know.
  return /^(https?|socks5h?):/i.test(proxy) ? proxy : proxy.replace(/^\w+:/, 'http:')
}

const firstOf = (environment: Environment, names: readonly string[]) =>
  names.map((name) => environment[name]).find((value) => value)

/** @param list the value of NO_PROXY: hosts, domains, addresses and networks, with or without a port */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const host = unbracketed(hostname)
  if (host === 'localhost' || isLoopback(host)) return true
  const actualPort = port || (protocol === 'https:' ? '443' : '80')
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
    .some((entry) => entry === '*' || isInNetwork(host, entry) || matches(host, actualPort, entry))
}

function matches(host: string, port: string, entry: string): boolean {
  const [, name = entry, entryPort] = /^(\[.*\]|[^:]*):(\d*)$/.exec(entry) ?? []
  if (entryPort !== undefined && entryPort !== '' && entryPort !== port) return false
  const domain = unbracketed(name).replace(/^\*\./, '.')
  if (domain === '') return false
  if (isIP(host) || isIP(domain))
    return isIP(domain) > 0 && isInNetwork(host, `${domain}/${isIP(domain) === 4 ? 32 : 128}`)
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`)
}

function isInNetwork(host: string, network: string): boolean {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d+)$/.exec(network) ?? []
  const family = isIP(address)
  if (family === 0 || family !== isIP(host) || Number(prefix) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(address, Number(prefix), kind)
  return list.check(host, kind)
}

const isLoopback = (host: string) => isInNetwork(host, '127.0.0.0/8') || isInNetwork(host, '::1/128')

const unbracketed = (host: string) => host.replace(/^\[(.*)\]$/, '$1')
