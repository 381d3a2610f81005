/** The options of `up`, and the options that the running sandbox was started with. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readJson, writeWhole } from '../basis/files'
import { files, startOver } from '../basis/layout'
import { namesOf, platformNames } from '../platform/platforms'

const schema = z.strictObject({
  /** Deploy a Jenkins beside the service. */
  jenkins: z.boolean(),
  /** Do not allow the suite to write. */
  readOnly: z.boolean(),
  /** Determines the generated history of the service. */
  seed: z.int(),
  /** The time from one collection of the service to the next, such as 60s. */
  collectionPeriod: z.string().regex(/^\d+(ms|s|m|h)$/),
  /** Run the real controllers in place of their stand-ins. */
  real: z.boolean(),
  /** The platform that is deployed. */
  platform: z.enum(platformNames),
})
export type Options = z.infer<typeof schema>

/** The options as typed; undefined where they were not given. */
export interface GivenOptions {
  readonly jenkins?: boolean | undefined
  readonly readOnly?: boolean | undefined
  readonly seed?: string | undefined
  readonly collectionPeriod?: string | undefined
  readonly real?: boolean | undefined
  readonly platform?: string | undefined
}

const wanted = {
  seed: '--seed must be a whole number, such as --seed 7',
  collectionPeriod: '--collection-period must be a number with the unit ms, s, m or h, such as --collection-period 60s',
}

/**
 * Reads the options from the command line.
 * @throws Error that names the option, the expected form and what was given
 */
export function readOptions(given: GivenOptions): Options {
  const { jenkins = false, readOnly = false, seed = '1', collectionPeriod = '1s', real = false } = given
  const platform = schema.shape.platform.safeParse(given.platform ?? 'default')
  if (!platform.success)
    throw new Error(`--platform must be one of ${platformNames.join(', ')}. It was "${given.platform}".`)
  if (real && namesOf(platform.data).argocd === null)
    throw new Error(
      `--real runs ArgoCD, which the platform ${platform.data} replaces by Flux. Leave out --real, or choose another platform.`,
    )
  if (!/^-?\d+$/.test(seed) || !schema.shape.seed.safeParse(Number(seed)).success)
    throw new Error(`${wanted.seed}. It was "${seed}".`)
  if (!schema.shape.collectionPeriod.safeParse(collectionPeriod).success)
    throw new Error(`${wanted.collectionPeriod}. It was "${collectionPeriod}".`)
  return { jenkins, readOnly, seed: Number(seed), collectionPeriod, real, platform: platform.data }
}

/** Stores the options, so that a later `up` restarts a part with the same ones. */
export function storeOptions(options: Options): void {
  writeWhole(files.options, JSON.stringify(options))
}

/** Tests whether a sandbox has stored its options. */
export const hasOptions = (): boolean => existsSync(files.options)

/** @throws Error when the stored options are missing or damaged */
export function storedOptions(): Options {
  return readJson(files.options, schema, startOver)
}
