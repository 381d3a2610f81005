/** Stand-in for Grafana's data sources: provisioned from a YAML file in Grafana's format, which is read for each request. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseFrom } from '../basis/files'

const text = z.string()
const schema = z.object({
  datasources: z.array(
    z.object({
      name: text,
      uid: text,
      type: text,
      access: text.default('proxy'),
      url: text.default(''),
      user: text.default(''),
      database: text.default(''),
      isDefault: z.boolean().default(false),
      editable: z.boolean().default(false),
      jsonData: z
        .looseObject({ database: text.optional(), timezone: text.optional(), tlsSkipVerify: z.boolean().nullish() })
        .default({}),
      secureJsonData: z.record(text, text).default({}),
    }),
  ),
})

export type Datasource = z.infer<typeof schema>['datasources'][number]

/** Replaces `$NAME` and `${NAME}` by environment variables, as Grafana does in provisioning files. */
const expanded = (file: string): string =>
  file.replaceAll(/\$\{?([A-Z][A-Z0-9_]*)\}?/g, (_all, name: string) => process.env[name] ?? '')

/** @throws Error when the file is missing or damaged */
export function readDatasources(file: string): readonly Datasource[] {
  return parseFrom(file, schema, parse(expanded(readFileSync(file, 'utf8')))).datasources
}

/** A data source as the list of data sources shows it, without passwords. */
export function listedDatasource(datasource: Datasource, index: number): object {
  const { name, uid, type, access, url, user, database, isDefault, editable, jsonData } = datasource
  return {
    id: index + 1,
    uid,
    orgId: 1,
    name,
    type,
    typeName: type === 'mysql' ? 'MySQL' : type,
    typeLogoUrl: 'public/plugins/mysql/img/mysql_logo.svg',
    access,
    url,
    user,
    database,
    basicAuth: false,
    isDefault,
    jsonData,
    readOnly: !editable,
  }
}

/** A data source as its own page shows it, with the names of the secrets that are set. */
export function shownDatasource(datasource: Datasource, index: number): object {
  const secrets = Object.keys(datasource.secureJsonData).map((key) => [key, true])
  return {
    ...listedDatasource(datasource, index),
    basicAuthUser: '',
    withCredentials: false,
    secureJsonFields: Object.fromEntries(secrets),
    version: 1,
  }
}
