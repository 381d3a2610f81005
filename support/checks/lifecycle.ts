/** The lifecycle of an object of any kind: whether it is being deleted, and whether its controller still attends to it. */
import { type CommandLine, command, comment } from '../basis/command'
import { type Circumstances, expectNone, Unmet } from '../basis/expectation'
import { pauseOf } from '../basis/pause'
import type { Hindrance } from './settled'

/** The fields of an object that show its lifecycle; the parsed objects of support/platform have them. */
interface Living {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string | undefined
    readonly generation?: number | undefined
    readonly deletionTimestamp?: string | null | undefined
    readonly finalizers?: readonly string[]
  }
  readonly spec?: object | undefined
  readonly status?:
    | {
        readonly observedGeneration?: number | undefined
        readonly conditions?: readonly { readonly type: string; readonly observedGeneration?: number | undefined }[]
      }
    | undefined
}

interface Lifecycle {
  /** The object in findings; its kind, namespace and name by default. */
  readonly object?: string
  /** Objects without which nothing attends to this one, such as the workloads of its operator. */
  readonly attendedBy?: readonly string[]
}

/** Conditions by which an object is judged. Others, such as cert-manager's Issuing, may stay from an older generation. */
const judged = ['Ready', 'Available', 'Progressing']

/**
 * Returns what is wrong with the lifecycle of an object: it is being deleted, paused, or its status describes an older
 * generation. Empty for an object that is alive. Call it for every object whose state a check reads.
 * @param kind such as "PersistentVolumeClaim"
 */
export function lifecycleProblems(kind: string, living: Living, known: Lifecycle = {}): Circumstances[] {
  const { metadata, spec } = living
  const object = known.object ?? `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`
  if (metadata.deletionTimestamp) return [deletion(kind, living, object)]
  const unmet: Circumstances[] = []
  if (spec && 'paused' in spec && spec.paused === true)
    unmet.push({ ...pauseOf(object, of(kind, living)), explainsNothing: true })
  const { generation } = metadata
  const oldest = observedBy(living)
  if (generation !== undefined && oldest < generation)
    unmet.push({
      summary: `The status of ${object} is of an older generation: its controller has not handled the last change of it.`,
      object,
      reliesOn: [...(known.attendedBy ?? [])],
      expected: `observedGeneration ${generation}`,
      found: `observedGeneration ${oldest}`,
      remedy: [
        command`kubectl describe ${of(kind, living)}`,
        comment`check that the controller of the object is running`,
      ],
    })
  return unmet
}

/** True while the controller of an object may still handle the last change of it, and nothing else is wrong with its lifecycle. */
export const isBehind = (kind: string, living: Living): boolean =>
  !living.metadata.deletionTimestamp &&
  lifecycleProblems(kind, living).length === 1 &&
  observedBy(living) < (living.metadata.generation ?? 0)

/** The problems of {@link lifecycleProblems}, which end if the controller of the object is about to handle the last change of it. */
export function lifecycleHindrances(kind: string, living: Living, known?: Lifecycle): Hindrance[] {
  const mayEnd = isBehind(kind, living)
  return lifecycleProblems(kind, living, known).map((circumstances) => ({ circumstances, mayEnd }))
}

/** Checks that an object is alive. @throws Unmet otherwise */
export function expectAlive(kind: string, living: Living, known: Lifecycle = {}): void {
  expectNone(lifecycleProblems(kind, living, known))
}

/** The finding about an object that does not exist. */
export const missing = (object: string, remedy: readonly CommandLine[], reliesOn?: readonly string[]): Unmet =>
  new Unmet({
    summary: `${object} does not exist.`,
    object,
    ...(reliesOn ? { reliesOn } : {}),
    expected: 'exists',
    found: 'does not exist',
    remedy,
  })

/** The oldest generation that the status is about; infinite if it names none. */
const observedBy = (living: Living): number =>
  Math.min(...[living.status?.observedGeneration, ...conditionsOf(living)].filter((number) => number !== undefined))

const conditionsOf = ({ status }: Living): (number | undefined)[] =>
  (status?.conditions ?? [])
    .filter(({ type }) => judged.includes(type))
    .map((condition) => condition.observedGeneration)

/** The words by which kubectl finds an object: its kind, namespace and name. */
const of = (kind: string, { metadata: { namespace, name } }: Living): readonly string[] => [
  kind.toLowerCase(),
  ...(namespace ? ['-n', namespace] : []),
  name,
]

function deletion(kind: string, living: Living, object: string): Circumstances {
  const { deletionTimestamp, finalizers = [] } = living.metadata
  const held: readonly CommandLine[] =
    finalizers.length > 0 ? [comment`it goes as soon as the owners of its finalizers have removed them`] : []
  return {
    summary: `${object} is being deleted.`,
    object,
    expected: 'no deletionTimestamp',
    found: `being deleted since ${deletionTimestamp}, ${finalizers.length > 0 ? `held by the finalizers ${finalizers.join(', ')}` : 'held by no finalizer'}`,
    remedy: [
      command`kubectl get ${of(kind, living)} -o jsonpath='{.metadata.deletionTimestamp} {.metadata.finalizers}'`,
      ...held,
      comment`a deletion cannot be undone: let it end, then create the object again`,
    ],
  }
}
