/** Schema for the template of an ExternalSecret: for each key, whether its value stands in the manifest. The values stay out. */
import { z } from 'zod'

type Origin = 'fixed' | 'rendered'

/** An action of Go's templates that renders a constant. */
const constant = /\{\{-?\s{0,9}(?:"[^"]{0,999}"|`[^`]{0,999}`)\s{0,9}(?:\|[^.$}]{0,99})?-?\}\}/g

/** Other actions of Go's templates render values of the secrets manager. */
const originOf = (text: string): Origin => (text.replace(constant, '').includes('{{') ? 'rendered' : 'fixed')

/** A key and its value in the outermost map of YAML. A block of lines begins behind its line, so that its value is not known. */
const entry = /^(['"]?)([\w.-]{1,253})\1:[ \t]+([^\s|>&*!#].*)$/gm

/** The entries of a literal template, which renders to a map in YAML. */
const entriesOf = (literal: string): Record<string, Origin> =>
  Object.fromEntries([...literal.matchAll(entry)].map(([, , key = '', value = '']) => [key, originOf(value)]))

/** https://external-secrets.io/latest/guides/templating: the entries of `data` take the place of those of `templateFrom`. */
export const externalSecretTemplate = z
  .object({
    data: z.record(z.string(), z.string().transform(originOf)).default({}),
    templateFrom: z
      .array(
        z.object({
          literal: z.string().default('').transform(entriesOf),
          /** Data, or Labels and Annotations, which hold no values of the Secret. */
          target: z.string().default('Data'),
        }),
      )
      .default([]),
  })
  .transform(({ data, templateFrom }): { readonly data: Readonly<Record<string, Origin>> } => ({
    data: Object.assign(
      {},
      ...templateFrom.filter(({ target }) => target === 'Data').map(({ literal }) => literal),
      data,
    ),
  }))
