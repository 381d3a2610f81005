/** The real ArgoCD, out of cluster: its application controller and repo server, their cache, and the Git server they read. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { files, inState, kubeconfigOf } from '../basis/layout'
import { storedNames } from '../basis/names'
import { accepts, answersOk } from '../basis/probes'
import type { Command } from '../basis/processes'
import { debianProgram } from '../programs/debian'
import type { Environment, Part } from './part'
import { programOf } from './real-controllers'

const folder = inState('data', 'argocd')
const loopback = (port: number) => `127.0.0.1:${port}`

function argocd(environment: Environment, args: readonly string[], variables: Command['environment'] = {}): Command {
  return {
    file: programOf(environment, 'argocd'),
    args: [...args, `--redis=${loopback(environment.ports.argocdRedis)}`],
    environment: {
      TMPDIR: folder,
      // Git must not read the configuration of the user.
      GIT_CONFIG_GLOBAL: '/dev/null',
      ARGOCD_GPG_ENABLED: 'false',
      ...variables,
    },
  }
}

function redis({ ports }: Environment): Part {
  return {
    name: 'argocd-redis',
    prepare: () => void mkdirSync(folder, { recursive: true }),
    command: () => ({
      file: debianProgram('redis'),
      args: ['--bind', '127.0.0.1', '--port', String(ports.argocdRedis), '--save', '', '--dir', folder],
    }),
    isReady: () => accepts(ports.argocdRedis),
  }
}

function git({ ports }: Environment): Part {
  return {
    name: 'argocd-git',
    prepare: () => void mkdirSync(files.repositories, { recursive: true }),
    command: () => ({
      file: debianProgram('gitDaemon'),
      args: [
        '--listen=127.0.0.1',
        `--port=${ports.argocdGit}`,
        '--reuseaddr',
        '--export-all',
        `--base-path=${files.repositories}`,
        files.repositories,
      ],
    }),
    isReady: () => accepts(ports.argocdGit),
  }
}

function repoServer(environment: Environment): Part {
  const { ports } = environment
  return {
    name: 'argocd-repo-server',
    prepare: () => void mkdirSync(folder, { recursive: true }),
    command: () =>
      argocd(
        environment,
        [
          'argocd-repo-server',
          '--address=127.0.0.1',
          `--port=${ports.argocdRepoServer}`,
          '--metrics-address=127.0.0.1',
          `--metrics-port=${ports.argocdRepoServerMetrics}`,
          '--disable-tls',
        ],
        { ARGOCD_ASK_PASS_SOCK: join(folder, 'ask-pass.sock') },
      ),
    isReady: () => answersOk(ports.argocdRepoServerMetrics, '/healthz'),
  }
}

function applicationController(environment: Environment): Part {
  const { ports } = environment
  const names = storedNames()
  return {
    name: 'argocd-application-controller',
    command: () =>
      argocd(
        environment,
        [
          'argocd-application-controller',
          `--namespace=${names.argocd ?? names.namespace}`,
          `--metrics-port=${ports.argocdController}`,
          `--repo-server=${loopback(ports.argocdRepoServer)}`,
          '--repo-server-plaintext',
        ],
        { KUBECONFIG: kubeconfigOf('argocd'), ARGOCD_FAKE_IN_CLUSTER: 'true' },
      ),
    isReady: () => answersOk(ports.argocdController, '/healthz'),
  }
}

/** ArgoCD in the order of its starts. The controller ends at once without the settings that the manifests create. */
export const realArgoCd = (environment: Environment) => ({
  beforeManifests: [redis(environment), git(environment), repoServer(environment)],
  afterManifests: [applicationController(environment)],
})
