/** Stand-in for Grafana's data sources: provisioned from a YAML file of Grafana's own form, which is read at each request. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

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
      jsonData: z.looseObject({ database: text.optional(), timezone: text.optional() }).default({}),
      secureJsonData: z.record(text, text).default({}),
    }),
  ),
})

export type Datasource = z.infer<typeof schema>['datasources'][number]

/** `$NAME` and `${NAME}` mean the environment, as in every file that Grafana provisions from. */
const expanded = (file: string): string =>
  file.replaceAll(/\$\{?([A-Z][A-Z0-9_]*)\}?/g, (_all, name: string) => process.env[name] ?? '')

/** Throws when the file is missing or damaged. */
export function readDatasources(file: string): readonly Datasource[] {
  return schema.parse(parse(expanded(readFileSync(file, 'utf8')))).datasources
}

/** What the list of data sources shows of one; passwords are not among it. */
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

/** What is shown of one alone: also which secrets are set. */
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
