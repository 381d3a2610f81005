/** Programs from Debian packages: found on the machine, installed if possible, or else reported as missing. */
import { execa } from 'execa'
import { messageOf } from '../basis/errors'
import { findProgram } from './lookup'

export interface DebianProgram {
  readonly names: readonly string[]
  readonly package: string
  readonly purpose: string
  /** Required by the sandbox itself. The others serve reports and browser checks. */
  readonly required: boolean
  /** True for a program of the real controllers, which no other sandbox needs. */
  readonly onlyReal?: true
  /** The way to get it without apt. */
  readonly elsewhere: string
}

export const debianPrograms = {
  etcd: {
    names: ['etcd'],
    package: 'etcd-server',
    purpose: 'the store of the API server',
    required: true,
    elsewhere: 'https://github.com/etcd-io/etcd/releases, then put it on PATH or into KUBEBUILDER_ASSETS',
  },
  mariadbd: {
    names: ['mariadbd', 'mysqld'],
    package: 'mariadb-server',
    purpose: 'the database of the service',
    required: true,
    elsewhere: 'https://mariadb.org/download',
  },
  mariadbInstall: {
    names: ['mariadb-install-db', 'mysql_install_db'],
    package: 'mariadb-server',
    purpose: 'creates the database files',
    required: true,
    elsewhere: 'https://mariadb.org/download',
  },
  mariadb: {
    // Not the name mysql, which is the one of the program that runs this one in a pod.
    names: ['mariadb'],
    package: 'mariadb-client',
    purpose: 'the client of the database in its pod',
    required: true,
    elsewhere: 'https://mariadb.org/download',
  },
  prometheus: {
    names: ['prometheus'],
    package: 'prometheus',
    purpose: 'collects the metrics of the service',
    required: true,
    elsewhere: 'https://prometheus.io/download',
  },
  pushgateway: {
    names: ['prometheus-pushgateway', 'pushgateway'],
    package: 'prometheus-pushgateway',
    purpose: 'receives the results of nightly runs',
    required: true,
    elsewhere: 'https://prometheus.io/download/#pushgateway',
  },
  socat: {
    names: ['socat'],
    package: 'socat',
    purpose: 'relays port-forwards to the database',
    required: true,
    elsewhere: 'http://www.dest-unreach.org/socat',
  },
  redis: {
    names: ['redis-server'],
    package: 'redis-server',
    purpose: 'the cache of the real ArgoCD',
    required: true,
    onlyReal: true,
    elsewhere: 'https://redis.io/download',
  },
  gitDaemon: {
    names: ['git-daemon'],
    package: 'git',
    purpose: 'serves the repository that the real ArgoCD reads',
    required: true,
    onlyReal: true,
    elsewhere: 'https://git-scm.com/downloads, then put the folder of git --exec-path on PATH',
  },
  chromium: {
    names: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    package: 'chromium-headless-shell',
    purpose: 'opens the web pages of the service',
    required: false,
    elsewhere: 'any Chromium or Chrome on PATH',
  },
  java: {
    names: ['java'],
    package: 'default-jre-headless',
    purpose: 'writes the Allure report',
    required: false,
    elsewhere: 'any Java runtime on PATH',
  },
} as const satisfies Record<string, DebianProgram>
export type DebianProgramName = keyof typeof debianPrograms

/** The programs that are missing on this machine. */
export function missingPrograms({ real }: { readonly real: boolean }, folders?: readonly string[]): DebianProgram[] {
  return Object.values<DebianProgram>(debianPrograms).filter(
    ({ names, onlyReal }) => (real || !onlyReal) && findProgram(names, folders) === undefined,
  )
}

/** A line for each missing program: its purpose and how to get it. */
export function describeMissing(missing: readonly DebianProgram[]): string {
  return missing
    .map(
      (program) =>
        `  ${program.names[0]} (${program.purpose}): apt-get install ${program.package}; without apt: ${program.elsewhere}`,
    )
    .join('\n')
}

/** The reason why this machine cannot install packages; undefined if it can. */
function obstacle(): string | undefined {
  if (findProgram(['apt-get']) === undefined) return 'this machine has no apt-get'
  if (process.getuid?.() !== 0) return 'installing packages needs root'
  return undefined
}

async function install(packages: readonly string[], signal: AbortSignal): Promise<void> {
  const apt = (...args: string[]) =>
    execa('apt-get', args, { env: { DEBIAN_FRONTEND: 'noninteractive' }, stdin: 'ignore', cancelSignal: signal })
  const wanted = ['install', '--yes', '--no-install-recommends', ...packages]
  try {
    await apt(...wanted)
  } catch {
    signal.throwIfAborted()
    // The usual reason is an outdated package list.
    await apt('update')
    await apt(...wanted)
  }
}

/**
 * Installs the missing programs. Reports optional ones that stay missing.
 * @throws Error when a required program stays missing
 */
export async function ensureDebianPrograms(
  options: { readonly real: boolean },
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const missing = missingPrograms(options)
  if (missing.length === 0) return
  let failure = obstacle()
  if (failure === undefined) {
    const packages = [...new Set(missing.map((program) => program.package))]
    report(`Installing Debian packages, which takes a minute or two: ${packages.join(' ')}`)
    try {
      await install(packages, signal)
    } catch (error) {
      signal.throwIfAborted()
      failure = messageOf(error).split('\n').slice(0, 6).join('\n')
    }
  }
  const still = missingPrograms(options)
  const required = still.filter((program) => program.required)
  if (required.length > 0) {
    throw new Error(
      `The sandbox needs these programs, which could not be installed (${failure ?? 'the packages do not contain them'}):\n` +
        describeMissing(required),
    )
  }
  if (still.length > 0) report(`Continuing without these optional programs:\n${describeMissing(still)}`)
}

/** The path of a program that ensureDebianPrograms has found or installed. */
export function debianProgram(name: DebianProgramName): string {
  const program = debianPrograms[name]
  const found = findProgram(program.names)
  if (found === undefined) throw new Error(`The sandbox needs this program:\n${describeMissing([program])}`)
  return found
}
