/** Published Go modules in Go's module cache. */
import { execa } from 'execa'
import { z } from 'zod'
import { parseFrom } from '../basis/files'

const downloadSchema = z.object({ Dir: z.string().optional(), Error: z.string().optional() })

/** The folder of a module in Go's module cache. Downloads the module if needed. */
export async function moduleFolder(go: string, module: string, signal: AbortSignal): Promise<string> {
  const result = await execa(go, ['mod', 'download', '-json', module], {
    cwd: '/',
    env: { GOFLAGS: '-mod=mod', GOWORK: 'off' },
    cancelSignal: signal,
    reject: false,
  })
  signal.throwIfAborted()
  const answer =
    result.stdout.trim() === ''
      ? {}
      : parseFrom(`the output of go mod download ${module}`, downloadSchema, JSON.parse(result.stdout))
  if (answer.Dir === undefined) {
    const remedy = 'Downloading needs access to a Go module proxy (GOPROXY).'
    throw new Error(`go mod download ${module} failed: ${answer.Error ?? result.stderr}\n${remedy}`)
  }
  return answer.Dir
}
