/** The finding about an object whose controller ignores changes of it, the same for the checks and the diagnosis. */
import { command } from './command'

/**
 * @param object kind and name, as findings write them
 * @param words by which kubectl finds the object, such as `deployment -n fawkes devlake-ui`
 */
export const pauseOf = (object: string, words: readonly string[]) => ({
  summary: `${object} is paused: its controller ignores changes of it.`,
  object,
  expected: 'spec.paused: false',
  found: 'spec.paused: true',
  remedy: [command`kubectl patch ${words} --type merge -p '${JSON.stringify({ spec: { paused: false } })}'`],
})
