/**
 * ts-node's swc transpiler with a cache: the output is kept in node_modules/.cache, under a hash of the file's text and of
 * everything else that affects it. Loading swc and transpiling some hundred files takes a fifth of a short run.
 */
const { createHash, randomUUID } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const directory = join(__dirname, 'node_modules', '.cache', 'transpiled')
const versions = ['ts-node', '@swc/core'].map((name) => require(`${name}/package.json`).version)

exports.create = (options) => {
  const settings = JSON.stringify([versions, process.versions.node, options.service.config.options])
  let swc
  return {
    transpile(input, { fileName }) {
      const key = createHash('sha256').update(settings).update(fileName).update(input).digest('hex')
      const file = join(directory, key)
      try {
        return JSON.parse(readFileSync(file, 'utf8'))
      } catch {
        swc ??= require('ts-node/transpilers/swc').create(options)
        const { outputText, sourceMapText } = swc.transpile(input, { fileName })
        remember(file, JSON.stringify({ outputText, sourceMapText }))
        return { outputText, sourceMapText }
      }
    },
  }
}

/** Writes the file whole or not at all. Where nothing can be written, every run transpiles again. */
function remember(file, text) {
  const fresh = `${file}.${randomUUID()}`
  try {
    mkdirSync(directory, { recursive: true })
    writeFileSync(fresh, text)
    renameSync(fresh, file)
  } catch {}
}
