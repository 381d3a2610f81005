/** Schema for the pods of an operator: of their template, only flags are kept that divide objects among operators. */
import { z } from 'zod'
import { labelSelector } from '../basis/label-selector'

const container = z.object({ command: z.array(z.string()).default([]), args: z.array(z.string()).default([]) })

/** The values of a flag. Go's flag package takes one dash or two, and the value behind an equals sign or as the next argument. */
const valuesOf = (flag: string, words: readonly string[]): string[] =>
  words.flatMap((word, index) => {
    const [name, ...inline] = word.replace(/^--?/, '').split('=')
    if (!word.startsWith('-') || name !== flag) return []
    return [inline.length > 0 ? inline.join('=') : (words[index + 1] ?? '')]
  })

/** Lists of namespaces are separated by commas, and those of repeated flags are joined. */
const namespacesOf = (flag: string, words: readonly string[]): string[] =>
  valuesOf(flag, words).flatMap((value) => value.split(',').filter(Boolean))

/**
 * The Prometheus Operator attends only to objects whose annotation has its controller id; without an id, to those without the
 * annotation. It may watch some namespaces only, and others for Prometheus objects: cmd/operator/main.go. Other arguments stay out:
 * they may hold secrets.
 */
const operatorTemplate = z
  .object({ spec: z.object({ containers: z.array(container).default([]) }).prefault({}) })
  .prefault({})
  .transform(({ spec }) => {
    const words = spec.containers.flatMap(({ command, args }) => [...command, ...args])
    const watched = namespacesOf('namespaces', words)
    const ofPrometheus = namespacesOf('prometheus-instance-namespaces', words)
    return {
      controllerId: valuesOf('controller-id', words).at(-1) ?? '',
      watched,
      watchedForPrometheus: ofPrometheus.length > 0 ? ofPrometheus : watched,
      ignored: namespacesOf('deny-namespaces', words),
    }
  })

export const operatorFields = { selector: labelSelector.prefault({}), template: operatorTemplate }
