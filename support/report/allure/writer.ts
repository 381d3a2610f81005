import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestResult } from 'allure-js-commons'
import { FileSystemWriter } from 'allure-js-commons/sdk/reporter'

/**
 * Writes results and attachments without waiting for the disk after each of some hundred files, which takes longer than
 * the scenarios. Nothing is lost by it: the directory is new, and gets its name when it is whole.
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
