import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { TestResult } from 'allure-js-commons'
import { FileSystemWriter } from 'allure-js-commons/sdk/reporter'

/**
 * Writes results and attachments without flushing each of several hundred files to disk, which would take longer than
 * the scenarios. This is safe, because the directory is new and gets its final name only once it is complete. Attachments of the same
 * content become one file: many scenarios read the same few objects.
 */
export class UnflushedWriter extends FileSystemWriter {
  /** The file of each content, by its digest. */
  private readonly written = new Map<string, string>()
  /** The file in place of one that was not written, because its content has one already. */
  private readonly others = new Map<string, string>()

  constructor(private readonly directory: string) {
    super({ resultsDir: directory })
  }

  override writeResult(result: TestResult): void {
    const withWritten = (key: string, value: unknown) =>
      key === 'source' && typeof value === 'string' ? (this.others.get(value) ?? value) : value
    writeFileSync(join(this.directory, `${result.uuid}-result.json`), JSON.stringify(result, withWritten))
  }

  override writeAttachment(name: string, content: Buffer): void {
    const key = `${extname(name)} ${hash('sha256', content)}`
    const same = this.written.get(key)
    if (same !== undefined) {
      this.others.set(name, same)
      return
    }
    this.written.set(key, name)
    writeFileSync(join(this.directory, name), content)
  }
}
