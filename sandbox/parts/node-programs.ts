/** The parts written in this repository: the controllers with the ingress, and the processes behind the service's pods. */
import { join } from 'node:path'
import { checkout, files, inState } from '../basis/layout'
import { storedNames } from '../basis/names'
import { answersOk } from '../basis/probes'
import type { Command } from '../basis/processes'
import { readVault, vaultValue } from '../credentials/vault'
import type { Environment, Part } from './part'

/** A Node program of sandbox/. Its paths are absolute, so that a list of processes shows which checkout each came from. */
const program = (file: string, environment: Record<string, string>): Command => ({
  file: process.execPath,
  args: ['-r', require.resolve('ts-node/register'), join(checkout, 'sandbox', file)],
  environment: {
    ...environment,
    TS_NODE_PROJECT: join(checkout, 'tsconfig.json'),
    NODE_COMPILE_CACHE: join(checkout, 'node_modules', '.cache', 'node-compile'),
  },
})

/** The options of the lake. */
interface LakeOptions {
  /** Determines the generated history. */
  readonly seed: number
  /** The time from one collection to the next, such as 60s. */
  readonly collectionPeriod: string
}

/** The option by which mysql2 encrypts its connections, where the database takes no others. */
const encrypted = () =>
  storedNames().secureDatabase ? `?ssl=${encodeURIComponent(JSON.stringify({ rejectUnauthorized: false }))}` : ''

const listening = (port: number) => ({ HOST: '127.0.0.1', PORT: String(port) })

export function controllers({ ports, real }: Environment): Part {
  return {
    name: 'controllers',
    command: () => program('controllers/main.ts', real ? { REAL_CONTROLLERS: 'true' } : {}),
    isReady: () => answersOk(ports.network, '/healthz'),
  }
}

export function lake({ ports }: Environment, options: LakeOptions): Part {
  return {
    name: 'lake',
    command: () => {
      const vault = readVault()
      const password = vaultValue(vault, 'fawkes/devlake/db', 'mysql-password')
      return program('service/main.ts', {
        ...listening(ports.lake),
        DATABASE_URL: `mysql://merico:${password}@127.0.0.1:${ports.mysql}/lake${encrypted()}`,
        API_TOKEN: vaultValue(vault, 'fawkes/devlake/secrets', 'api-token'),
        API_TOKEN_EXPIRED: vaultValue(vault, 'fawkes/devlake/expired', 'api-token'),
        CLUSTER_DNS: `http://127.0.0.1:${ports.network}`,
        WEBHOOK_SECRET: vaultValue(vault, 'fawkes/devlake/webhooks', 'secret'),
        // Within minutes, the fault matrix sends as many requests as a day of runs.
        RATE_LIMIT_ANONYMOUS: '100000',
        RATE_LIMIT_TOKEN: '100000',
        LOG_FORMAT: 'cri',
        SEED: String(options.seed),
        COLLECTION_PERIOD: options.collectionPeriod,
        DEFINITIONS_FILE: files.definitions,
      })
    },
    isReady: () => answersOk(ports.lake, '/api/ping'),
  }
}

export function ui({ ports }: Environment): Part {
  return {
    name: 'ui',
    command: () => program('ui/main.ts', listening(ports.ui)),
    isReady: () => answersOk(ports.ui, '/'),
  }
}

export function grafana({ ports }: Environment): Part {
  return {
    name: 'grafana',
    command: () => {
      const vault = readVault()
      const { mysql, outsideDatabase, secureDatabase, signOn } = storedNames()
      return program('grafana/main.ts', {
        ...listening(ports.grafana),
        GRAFANA_HOME: inState('grafana'),
        ADMIN_PASSWORD: vaultValue(vault, 'fawkes/devlake/grafana', 'admin-password'),
        CLUSTER_DNS: `http://127.0.0.1:${ports.network}`,
        MYSQL_URL: outsideDatabase ? `localhost:${ports.mysql}` : `${mysql}:3306`,
        ...(signOn ? { SERVICE_TOKEN: vaultValue(vault, 'fawkes/devlake/grafana', 'service-account-token') } : {}),
        MYSQL_TLS_SKIP_VERIFY: String(secureDatabase),
        MYSQL_DATABASE: 'lake',
        MYSQL_USER: 'merico',
        MYSQL_PASSWORD: vaultValue(vault, 'fawkes/devlake/db', 'mysql-password'),
      })
    },
    isReady: () => answersOk(ports.grafana, '/api/health'),
  }
}
