/**
 * Programs that nobody packages: built once from their published Go modules into the cache, keyed by version. What each
 * recipe needs is pinned by the go.mod and go.sum beside it.
 */
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { inCache } from '../basis/layout'
import { withLock } from '../basis/lock'
import { findProgram, isExecutable, programFolders } from './lookup'

const kubernetesVersion = 'v1.35.4'
export const kwokVersion = 'v0.8.0'

interface Recipe {
  /** Folder of the go.mod, beside this file. */
  readonly module: 'kubernetes' | 'kwok'
  readonly version: string
  readonly package: string
  readonly linkerFlags: string
  /** Minutes on two cores with nothing cached. */
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

const recipes = {
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
} as const satisfies Record<string, Recipe>
export type GoProgram = keyof typeof recipes

const programNames = Object.keys(recipes) as GoProgram[]

export const builtPath = (name: GoProgram): string =>
  inCache('programs', `${recipes[name].module}-${recipes[name].version}`, name)

/** Go, also where its installer puts it without touching PATH. */
export const findGo = (): string | undefined => findProgram(['go'], [...programFolders(), '/usr/local/go/bin'])

export const howToGetGo = 'Go 1.25 or newer: https://go.dev/dl, or apt-get install golang from Debian backports'

/** A program of the machine's own, if it has the same minor version: parts of one control plane must fit together. */
async function ofTheMachine(name: GoProgram): Promise<string | undefined> {
  const found = findProgram([name])
  if (found === undefined || name === 'kubectl') return found
  const { stdout } = await execa(found, ['--version'], { reject: false })
  const minor = recipes[name].version.split('.').slice(0, 2).join('.')
  return stdout.includes(`${minor}.`) ? found : undefined
}

async function build(name: GoProgram, go: string, signal: AbortSignal): Promise<void> {
  const recipe = recipes[name]
  const target = builtPath(name)
  mkdirSync(dirname(target), { recursive: true })
  const work = mkdtempSync(join(dirname(target), '.build-'))
  try {
    for (const file of ['go.mod', 'go.sum']) copyFileSync(join(__dirname, recipe.module, file), join(work, file))
    const flags = ['-trimpath', '-ldflags', `-s -w ${recipe.linkerFlags}`, '-o', join(work, name)]
    await execa(go, ['build', ...flags, recipe.package], {
      cwd: work,
      env: { CGO_ENABLED: '0', GOWORK: 'off' },
      cancelSignal: signal,
    })
    // Only a finished program gets its name, so an interrupted build is never taken for a whole one.
    renameSync(join(work, name), target)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** The paths of all programs, after building those that are neither in the cache nor on the machine. */
export async function ensureGoPrograms(
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<Readonly<Record<GoProgram, string>>> {
  const paths: Partial<Record<GoProgram, string>> = {}
  const locate = async () => {
    const located = await Promise.all(
      programNames.map(async (name) => ({
        name,
        path: isExecutable(builtPath(name)) ? builtPath(name) : await ofTheMachine(name),
      })),
    )
    for (const { name, path } of located) if (path !== undefined) paths[name] = path
    return programNames.filter((name) => paths[name] === undefined)
  }
  if ((await locate()).length > 0) {
    const onWait = (pid: number) => report(`waiting for process ${pid}, which builds the same programs`)
    await withLock(inCache('programs', 'lock'), { deadline: 60 * 60 * 1000, onWait, signal }, async () => {
      const missing = await locate()
      const go = findGo()
      if (missing.length > 0 && go === undefined) {
        throw new Error(
          `${missing.join(', ')} must be built once, and there is no Go on this machine. Get ${howToGetGo}.`,
        )
      }
      if (go === undefined || missing.length === 0) return
      const minutes = missing.reduce((sum, name) => sum + recipes[name].minutes, 0)
      report(
        `building ${missing.length} programs from source, once: Kubernetes publishes no packages without a container engine. ` +
          `About ${minutes} minutes on two cores; they are kept in ${inCache('programs')}`,
      )
      for (const [index, name] of missing.entries()) {
        const start = performance.now()
        report(`  building ${name} (${index + 1} of ${missing.length}, about ${recipes[name].minutes} min)`)
        await build(name, go, signal)
        report(`  built ${name} in ${Math.round((performance.now() - start) / 1000)} s`)
      }
    })
    await locate()
  }
  const path = (name: GoProgram): string => {
    const found = paths[name]
    if (found === undefined) throw new Error(`${name} was built, but is not executable at ${builtPath(name)}`)
    return found
  }
  return Object.fromEntries(programNames.map((name) => [name, path(name)])) as Record<GoProgram, string>
}
