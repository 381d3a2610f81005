/** What a GraphQL schema breaks of the contract's, by graphql's own comparison. Pure. */
import {
  type BreakingChange,
  BreakingChangeType,
  buildASTSchema,
  buildClientSchema,
  type DocumentNode,
  findBreakingChanges,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
  visit,
} from 'graphql'
import { excerpt } from '../basis/redaction'
import type { GraphQLContract } from '../contracts/contract'

/** @public graphql.ts loads this file when it is needed, which no static analysis sees. */
export const introspection = getIntrospectionQuery({ descriptions: false })

/**
 * One sentence for each difference that breaks a client of the documented schema.
 * @param data the `data` of an answer to {@link introspection}
 */
export function schemaDifferences({ schema, openTypes }: GraphQLContract, data: object): string[] {
  const actual = readSchema(data)
  if (actual instanceof Error) return [`the answer to the introspection is no schema: ${excerpt(actual.message, 200)}`]
  const documented = alignNames(parse(schema), actual, openTypes)
  const follows = consequences(documented, actual)
  return findBreakingChanges(documented, actual)
    .filter((change) => isAboutTheContract(change) && !follows(change))
    .map(({ description }) => description.replace(unnamed, 'an object'))
}

/** By graphql's own reader, which refuses what is no introspection. */
function readSchema(data: object): GraphQLSchema | Error {
  try {
    return buildClientSchema(data as unknown as IntrospectionQuery)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** A service offers what directives and scalars its library knows; the contract documents neither. */
function isAboutTheContract({ type, description }: BreakingChange): boolean {
  switch (type) {
    case BreakingChangeType.DIRECTIVE_REMOVED:
    case BreakingChangeType.DIRECTIVE_ARG_REMOVED:
    case BreakingChangeType.DIRECTIVE_LOCATION_REMOVED:
    case BreakingChangeType.DIRECTIVE_REPEATABLE_REMOVED:
    case BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED:
      return false
    case BreakingChangeType.TYPE_REMOVED:
      // A type that stands for the service's own has no name to be missing: the field that leads to it is the finding.
      return !description.startsWith(placeholder) && !description.startsWith('Standard scalar ')
    default:
      return true
  }
}

/** Whether a change only follows from a documented type that is missing: what leads to it has to lead elsewhere. */
function consequences(documented: GraphQLSchema, actual: GraphQLSchema): (change: BreakingChange) => boolean {
  const isMissing = (type: GraphQLType) => {
    const { name } = getNamedType(type)
    return !actual.getType(name) && !name.startsWith(placeholder) && !isSpecifiedScalarType(getNamedType(type))
  }
  const places = Object.values(documented.getTypeMap())
    .filter(isObjectType)
    .flatMap((owner) =>
      Object.values(owner.getFields()).flatMap(({ name, type, args }) => [
        ...(isMissing(type) ? [`${owner.name}.${name}`] : []),
        ...args.filter((arg) => isMissing(arg.type)).map((arg) => `${owner.name}.${name} arg ${arg.name}`),
      ]),
    )
  return ({ description }) =>
    places.some((place) =>
      [`${place} was removed.`, `${place} changed type from `, `${place} has changed type from `].some((beginning) =>
        description.startsWith(beginning),
      ),
    )
}

/** How the contract's SDL calls types whose names it does not know. */
const placeholder = 'Contract'
const unnamed = new RegExp(`(?<= type from \\[*)${placeholder}[A-Z]\\w*`)

/**
 * The contract shows some types only by their fields. Each of these takes the name that the service gives to the type of
 * the field where it is used, so that only what is documented is compared. Types whose fields the contract leaves open
 * take over the fields that are there.
 */
function alignNames(contract: DocumentNode, actual: GraphQLSchema, openTypes: readonly string[]): GraphQLSchema {
  const names = ownNames(buildASTSchema(contract), actual)
  const defined = new Set<string>()
  const renamed = visit(contract, {
    NamedType: { leave: (node) => ({ ...node, name: { ...node.name, value: nameOf(node.name.value) } }) },
    ObjectTypeDefinition: {
      leave: (node) => {
        const name = nameOf(node.name.value)
        const open = openTypes.includes(node.name.value) && isObjectType(actual.getType(name))
        // A service may use one type where the contract shows two: it needs the fields of both.
        const kind = defined.has(name) ? Kind.OBJECT_TYPE_EXTENSION : Kind.OBJECT_TYPE_DEFINITION
        defined.add(name)
        return { ...node, kind, name: { ...node.name, value: name }, ...(open ? { fields: [] } : {}) }
      },
    },
  })
  return buildASTSchema(renamed, { assumeValid: true })

  function nameOf(contractType: string): string {
    return names.get(contractType) ?? contractType
  }
}

/** What the service calls the types that the contract has no names for, by following the fields that lead to them. */
function ownNames(contract: GraphQLSchema, actual: GraphQLSchema): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const follow = (expected: GraphQLNamedType | undefined, found: GraphQLNamedType | undefined): void => {
    if (!isObjectType(expected) || !isObjectType(found)) return
    for (const [field, { type }] of Object.entries(expected.getFields())) {
      const there = found.getFields()[field]
      const inside = getNamedType(type)
      if (!there || !isObjectType(inside) || names.has(inside.name)) continue
      const target = getNamedType(there.type)
      if (!isObjectType(target)) continue
      names.set(inside.name, inside.name.startsWith(placeholder) ? target.name : inside.name)
      follow(inside, target)
    }
  }
  follow(contract.getType('Query'), actual.getType('Query'))
  return names
}
