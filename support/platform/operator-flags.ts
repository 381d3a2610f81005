/** Schema for the pods of an operator: of their template, only flags are kept that divide objects among operators. */
import { z } from 'zod'
import { labelSelector } from '../basis/label-selector'

const container = z.object({ command: z.array(z.string()).default([]), args: z.array(z.string()).default([]) })

/** Go's flag package takes one dash or two, and the value behind an equals sign or as the next argument. */
const controllerIdIn = (words: readonly string[]): string =>
  words
    .flatMap((word, index) => {
      const [, inline] = /^--?controller-id(?:=(.*))?$/.exec(word) ?? []
      return /^--?controller-id\b/.test(word) ? [inline ?? words[index + 1] ?? ''] : []
    })
    .at(-1) ?? ''

/**
 * The Prometheus Operator attends only to objects whose annotation has its controller id; without an id, to those without the
 * annotation. Other arguments stay out: they may hold secrets.
 */
const operatorTemplate = z
  .object({ spec: z.object({ containers: z.array(container).default([]) }).prefault({}) })
  .prefault({})
  .transform(({ spec }) => ({
    controllerId: controllerIdIn(spec.containers.flatMap(({ command, args }) => [...command, ...args])),
  }))

export const operatorFields = { selector: labelSelector.prefault({}), template: operatorTemplate }
