/** Section 2: objects that two Applications deploy. Each sync of one makes them differ from what the other one wants. */
import { type CommandLine, command, comment } from '../basis/command'
import { projectOf } from '../platform/app-project'
import type { Application } from '../platform/custom-resources'

/** The condition, in the words of CompareAppState in controller/state.go: the second Application is the one whose mark the object has. */
const shared = {
  type: 'SharedResourceWarning',
  message: /^(\S+)\/(\S+) is part of applications \S+ and (\S+)$/,
} as const

interface Contested {
  /** Continues a sentence that says that the Application is not in sync. */
  readonly why: string
  /** Lines before the command that starts a sync. */
  readonly remedy: readonly CommandLine[]
}

/** Returns what is known about the first object out of sync that another Application has deployed; undefined if there is none. */
export function contestedIn(application: Application): Contested | undefined {
  const { conditions, resources } = application.status
  for (const { type, message = '' } of conditions) {
    const [, kind, name, other = ''] = (type === shared.type && shared.message.exec(message)) || []
    if (!resources.some((one) => one.status === 'OutOfSync' && one.kind === kind && one.name === name)) continue
    // One of ArgoCD's own namespace is named without it.
    const [own = '', namespace = projectOf(application).namespace] = other.split('/').reverse()
    return {
      why: `: ${kind} ${name} is part of the Application ${other}, too`,
      remedy: [
        command`kubectl get application -n ${namespace} ${own}`,
        comment`if it exists, take the object out of one of the two: each sync takes it from the other one. If not:`,
      ],
    }
  }
  return undefined
}
