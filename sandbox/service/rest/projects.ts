/** Projects and their deployments. Projects are created and deleted as in Apache DevLake's API. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ServiceError } from '../basis/service-error'
import { longest } from '../database/keys'
import type { Collector } from '../ingestion/collector'
import { removeProject, storeProjects, storeSettings } from '../ingestion/projects'
import { readSnapshot, requireProject, type Store } from '../metrics/reading'
import { listDeployments } from '../records/deployments'
import { listProjects, projectNames } from '../records/projects'
import { bytesOf, jsonOf, parse } from './body'
import { param, query } from './query'

const metric = z.object({
  pluginName: z.string().min(1).max(longest.text),
  pluginOption: z.record(z.string(), z.unknown()).default({}),
  enable: z.boolean().default(true),
})

const newProject = z.object({
  name: z.string().trim().min(1).max(longest.project),
  description: z.string().max(longest.text).default(''),
  metrics: z.array(metric).nullish(),
})

export function projectRoutes(server: FastifyInstance, store: Store, collector: Collector): void {
  server.get('/api/projects', async () => {
    const projects = await readSnapshot(store, listProjects)
    return { projects, count: projects.length }
  })

  server.get('/api/projects/:name', async (request) => {
    const name = param(request, 'name')
    return await readSnapshot(store, async (transaction) => {
      await requireProject(transaction, name)
      return (await listProjects(transaction)).find((project) => project.name === name)
    })
  })

  server.post('/api/projects', { config: { access: 'write' } }, async (request, reply) => {
    const body = parse(newProject, jsonOf(bytesOf(request)))
    const now = new Date()
    await collector.change(async (transaction) => {
      if ((await projectNames(transaction)).includes(body.name)) {
        throw new ServiceError('INVALID_REQUEST', `name: a project named '${body.name}' already exists`)
      }
      await storeProjects(transaction, [{ project: body.name, description: body.description }], now)
      for (const { pluginName: plugin, pluginOption: option, enable } of body.metrics ?? []) {
        await storeSettings(transaction, body.name, { plugin, option, enable }, now)
      }
    })
    const { name, description, metrics = null } = body
    return reply.code(201).send({ name, description, createdAt: now, updatedAt: now, metrics })
  })

  server.delete('/api/projects/:name', { config: { access: 'write' } }, async (request) => {
    const name = param(request, 'name')
    await collector.change(async (transaction) => {
      await requireProject(transaction, name)
      await removeProject(transaction, name)
    })
    return { code: 0, success: true, message: 'success' }
  })

  server.get('/api/deployments', async (request) => {
    const { project } = query(request)
    const deployments = await readSnapshot(store, async (transaction) =>
      listDeployments(
        transaction,
        project === undefined ? await projectNames(transaction) : [await requireProject(transaction, project)],
      ),
    )
    return { deployments, count: deployments.length }
  })
}
