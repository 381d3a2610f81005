/** Compares a GraphQL schema with the contract's, and finds breaking changes by graphql's own comparison. Pure. */

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
import { messageOf } from '../basis/message'
import { excerpt } from '../basis/redaction'
import type { GraphQLContract } from '../contracts/contract'

/** @public graphql.ts loads this file on demand, which static analysis does not detect. */
export const introspection = getIntrospectionQuery({ descriptions: false })

/**
 * Returns one sentence for each difference that breaks a client of the documented schema.
 * @param data the `data` of the answer to the {@link introspection} query
 */
export function schemaDifferences({ schema, openTypes }: GraphQLContract, data: object): string[] {
  const actual = readSchema(data)
  if (actual instanceof Error)
    return [`the introspection does not return a valid schema: ${excerpt(actual.message, 200)}`]
  const documented = alignNames(parse(schema), actual, openTypes)
  const isConsequence = consequences(documented, actual)
  return findBreakingChanges(documented, actual)
    .filter((change) => concernsContract(change) && !isConsequence(change))
    .map(({ description }) => description.replace(unnamed, 'an object'))
}

/** Reads a schema with graphql's own reader. Returns its error if the data is not the result of an introspection. */
function readSchema(data: object): GraphQLSchema | Error {
  try {
    return buildClientSchema(data as unknown as IntrospectionQuery)
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}

/** Directives and standard scalars depend on the service's GraphQL library, so the contract documents neither. */
function concernsContract({ type, description }: BreakingChange): boolean {
  switch (type) {
    case BreakingChangeType.DIRECTIVE_REMOVED:
    case BreakingChangeType.DIRECTIVE_ARG_REMOVED:
    case BreakingChangeType.DIRECTIVE_LOCATION_REMOVED:
    case BreakingChangeType.DIRECTIVE_REPEATABLE_REMOVED:
    case BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED:
      return false
    case BreakingChangeType.TYPE_REMOVED:
      // A placeholder type has no name that could be missing: the field that leads to it is reported instead.
      return !description.startsWith(placeholder) && !description.startsWith('Standard scalar ')
    default:
      return true
  }
}

/**
 * Returns a test for changes that only follow from a missing documented type: every field and argument of that type is
 * removed or has another type, too.
 */
function consequences(documented: GraphQLSchema, actual: GraphQLSchema): (change: BreakingChange) => boolean {
  const isMissing = (type: GraphQLType) => {
    const { name } = getNamedType(type)
    return !actual.getType(name) && !name.startsWith(placeholder) && !isSpecifiedScalarType(getNamedType(type))
  }
  const affected = Object.values(documented.getTypeMap())
    .filter(isObjectType)
    .flatMap((owner) =>
      Object.values(owner.getFields()).flatMap(({ name, type, args }) => [
        ...(isMissing(type) ? [`${owner.name}.${name}`] : []),
        ...args.filter((arg) => isMissing(arg.type)).map((arg) => `${owner.name}.${name} arg ${arg.name}`),
      ]),
    )
  return ({ description }) =>
    affected.some((name) =>
      [`${name} was removed.`, `${name} changed type from `, `${name} has changed type from `].some((beginning) =>
        description.startsWith(beginning),
      ),
    )
}

/** Prefix of the type names in the contract's SDL for types whose real names are not documented. */
const placeholder = 'Contract'
const unnamed = new RegExp(`(?<= type from \\[*)${placeholder}[A-Z]\\w*`)

/**
 * Replaces the placeholder names in the contract by the service's names, so that only documented things are compared. The
 * contract describes some types by their fields alone; each gets the name of the type that the service uses in its place.
 * Types whose fields the contract leaves open get the service's fields.
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
        // A service may use one type where the contract has two: that type needs the fields of both.
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

/** Maps the contract's type names to the service's, by following the fields from Query down. */
function ownNames(contract: GraphQLSchema, actual: GraphQLSchema): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const follow = (expected: GraphQLNamedType | undefined, found: GraphQLNamedType | undefined): void => {
    if (!isObjectType(expected) || !isObjectType(found)) return
    for (const [field, { type }] of Object.entries(expected.getFields())) {
      const actualField = found.getFields()[field]
      const expectedType = getNamedType(type)
      if (!actualField || !isObjectType(expectedType) || names.has(expectedType.name)) continue
      const actualType = getNamedType(actualField.type)
      if (!isObjectType(actualType)) continue
      names.set(expectedType.name, expectedType.name.startsWith(placeholder) ? actualType.name : expectedType.name)
      follow(expectedType, actualType)
    }
  }
  follow(contract.getType('Query'), actual.getType('Query'))
  return names
}
