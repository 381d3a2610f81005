/**
 * Programs without packages: built once from their published Go modules and cached by version. The go.mod and go.sum of each
 * module pin what a build uses.
 */
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { inCache } from '../basis/layout'
import { withLock } from '../basis/lock'
import { findProgram, isExecutable, programFolders } from './lookup'
import { moduleFolder } from './modules'

const kubernetesVersion = 'v1.35.4'
export const kwokVersion = 'v0.8.0'

/** The programs of every sandbox. */
export const basicPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl', 'kwok'] as const
export type GoProgram = (typeof basicPrograms)[number]

/** The real controllers, which run in place of the stand-ins on request. */
export const realControllers = ['external-secrets', 'prometheus-operator', 'argocd'] as const
export type RealController = (typeof realControllers)[number]

type AnyProgram = GoProgram | RealController

interface Recipe {
  /** The folder next to this file that holds the go.mod, and the main program where the published one does not fit. */
  readonly module: string
  readonly version: string
  /** The package of the main program; `.` is the one in the folder. */
  readonly package: string
  /** A published module that is built from a copy, over which the folder `trimmed` is laid: without code that is never used. */
  readonly trimmed?: string
  readonly linkerFlags: string
  /** The build time in minutes, on two cores with nothing cached. */
  readonly minutes: number
}

const componentVersion = 'k8s.io/component-base/version'
const kubernetes = (name: string, minutes: number): Recipe => ({
  module: 'kubernetes',
  version: kubernetesVersion,
  package: `k8s.io/kubernetes/cmd/${name}`,
  linkerFlags: `-X ${componentVersion}.gitVersion=${kubernetesVersion} -X ${componentVersion}.gitMajor=1 -X ${componentVersion}.gitMinor=35`,
  minutes,
})

const recipes: Readonly<Record<AnyProgram, Recipe>> = {
  'kube-apiserver': kubernetes('kube-apiserver', 8),
  'kube-controller-manager': kubernetes('kube-controller-manager', 2),
  'kube-scheduler': kubernetes('kube-scheduler', 1),
  kubectl: kubernetes('kubectl', 1),
  kwok: {
    module: 'kwok',
    version: kwokVersion,
    package: 'sigs.k8s.io/kwok/cmd/kwok',
    linkerFlags: `-X sigs.k8s.io/kwok/pkg/consts.Version=${kwokVersion}`,
    minutes: 5,
  },
  'external-secrets': {
    module: 'external-secrets',
    version: 'v0.16.2',
    package: 'github.com/external-secrets/external-secrets',
    // The SDKs of all clouds would take ten times as long to build.
    trimmed: 'github.com/external-secrets/external-secrets@v0.16.2',
    linkerFlags: '',
    minutes: 3,
  },
  'prometheus-operator': {
    module: 'prometheus-operator',
    version: 'v0.85.0',
    package: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
    linkerFlags: '-X github.com/prometheus/common/version.Version=0.85.0',
    minutes: 3,
  },
  argocd: {
    module: 'argocd',
    version: 'v3.2.11',
    package: '.',
    linkerFlags: '-X github.com/argoproj/argo-cd/v3/common.version=3.2.11',
    minutes: 5,
  },
}

export const builtPath = (name: AnyProgram): string =>
  inCache('programs', `${recipes[name].module}-${recipes[name].version}`, name)

/** The path of Go, including the folder of its installer, which does not change PATH. */
export const findGo = (): string | undefined => findProgram(['go'], [...programFolders(), '/usr/local/go/bin'])

export const howToGetGo = 'Go 1.25 or newer: https://go.dev/dl, or apt-get install golang from Debian backports'

const isBasic = (name: AnyProgram) => basicPrograms.some((basic) => basic === name)

/** The path of an installed program of the same minor version: the parts of one control plane must be compatible. */
async function installedPath(name: AnyProgram): Promise<string | undefined> {
  const found = isBasic(name) ? findProgram([name]) : undefined
  if (found === undefined || name === 'kubectl') return found
  const { stdout } = await execa(found, ['--version'], { reject: false })
  const minor = recipes[name].version.split('.').slice(0, 2).join('.')
  return stdout.includes(`${minor}.`) ? found : undefined
}

/** The error for a failed build, with the last lines of Go's output. */
function buildFailure(name: AnyProgram, output: string): Error {
  const end = output.trim().split('\n').slice(-10).join('\n')
  const remedy = 'Building needs access to a Go module proxy (GOPROXY) and some gigabytes of free disk space.'
  return new Error(`${name} could not be built. ${remedy} The end of the output of Go:\n${end}`)
}

async function build(name: AnyProgram, go: string, signal: AbortSignal): Promise<void> {
  const recipe = recipes[name]
  const target = builtPath(name)
  mkdirSync(dirname(target), { recursive: true })
  const work = mkdtempSync(join(dirname(target), '.build-'))
  try {
    cpSync(join(__dirname, recipe.module), work, { recursive: true })
    if (recipe.trimmed !== undefined) {
      const source = join(work, 'source')
      cpSync(await moduleFolder(go, recipe.trimmed, signal), source, { recursive: true })
      // The files in Go's module cache are read-only.
      await execa('chmod', ['-R', 'u+w', source])
      cpSync(join(work, 'trimmed'), source, { recursive: true })
    }
    const flags = ['-trimpath', '-ldflags', `-s -w ${recipe.linkerFlags}`, '-o', join(work, name)]
    const { failed, stderr } = await execa(go, ['build', ...flags, recipe.package], {
      cwd: work,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
      cancelSignal: signal,
      reject: false,
    })
    signal.throwIfAborted()
    if (failed) throw buildFailure(name, stderr)
    // Only a finished program gets its final name, so an interrupted build is never used.
    renameSync(join(work, name), target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Returns the paths of the programs. Builds those that are neither cached nor installed. */
export async function ensureGoPrograms<Name extends AnyProgram>(
  names: readonly Name[],
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<Readonly<Record<Name, string>>> {
  const paths = new Map<Name, string>()
  const locate = async () => {
    for (const name of names) {
      const path = isExecutable(builtPath(name)) ? builtPath(name) : await installedPath(name)
      if (path !== undefined) paths.set(name, path)
    }
    return names.filter((name) => !paths.has(name))
  }
  if ((await locate()).length > 0) {
    const onWait = (pid: number) => report(`Waiting for process ${pid}, which is building the same programs.`)
    await withLock(inCache('programs', 'lock'), { onWait, signal }, async () => {
      const missing = await locate()
      if (missing.length > 0) await buildAll(missing, report, signal)
    })
    await locate()
  }
  const path = (name: Name): string => {
    const found = paths.get(name)
    if (found === undefined)
      throw new Error(
        `${builtPath(name)} was built but is not executable. Delete it and run npm run sandbox -- up again.`,
      )
    return found
  }
  return Object.fromEntries(names.map((name) => [name, path(name)])) as Record<Name, string>
}

async function buildAll(
  missing: readonly AnyProgram[],
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const go = findGo()
  if (go === undefined)
    throw new Error(`${missing.join(', ')} must be built once, but this machine has no Go. Install ${howToGetGo}.`)
  const minutes = missing.reduce((sum, name) => sum + recipes[name].minutes, 0)
  report(
    `Building ${missing.length} programs from source, because they have no packages. ` +
      `This takes about ${minutes} minutes on two cores, once: they are kept in ${inCache('programs')}`,
  )
  for (const [index, name] of missing.entries()) {
    const start = performance.now()
    report(`  building ${name} (${index + 1} of ${missing.length}, about ${recipes[name].minutes} min)`)
    await build(name, go, signal)
    report(`  built ${name} in ${Math.round((performance.now() - start) / 1000)} s`)
  }
}
