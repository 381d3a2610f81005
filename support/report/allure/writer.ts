import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestResult } from 'allure-js-commons'
import { FileSystemWriter } from 'allure-js-commons/sdk/reporter'

/**
 * Writes results and attachments without flushing each of several hundred files to disk, which would take longer than
 * the scenarios. This is safe, because the directory is new and gets its final name only once it is complete.
 */
export class UnflushedWriter extends FileSystemWriter {
  constructor(private readonly directory: string) {
    super({ resultsDir: directory })
  }

  override writeResult(result: TestResult): void {
    writeFileSync(join(this.directory, `${result.uuid}-result.json`), JSON.stringify(result))
  }

  override writeAttachment(name: string, content: Buffer): void {
    writeFileSync(join(this.directory, name), content)
  }
}
