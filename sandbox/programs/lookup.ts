/** Finds programs that are already on the machine. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian installs daemons in folders that are not on a user's PATH. */
const daemonFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/lib/git-core']

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The folders to search: KUBEBUILDER_ASSETS, then PATH, then the daemons' folders. */
export function programFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  return [environment.KUBEBUILDER_ASSETS, ...(environment.PATH ?? '').split(delimiter), ...daemonFolders].filter(
    (folder): folder is string => folder !== undefined && folder !== '',
  )
}

/** The path of the first name that is an executable in one of the folders. */
export function findProgram(
  names: readonly string[],
  folders: readonly string[] = programFolders(),
): string | undefined {
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable)
    if (found !== undefined) return found
  }
  return undefined
}
