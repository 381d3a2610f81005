/** Hosts outside the cluster that the sandbox stands in for. */
import type { PortName } from '../basis/ports'

export const gitLabHost = 'gitlab.example.com'

export const externalHosts: Readonly<Record<string, PortName>> = { 'api.github.com': 'github', [gitLabHost]: 'gitlab' }
