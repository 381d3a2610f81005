/** `dora-acceptance COMMAND`: runs a command and ends the process with its exit code. */
import { exitCodes } from '../record/verdict'
import { print, printError, takeUncaught } from './command'
import { outcomeOf } from './commands'

/** Ends with the exit code of an error: a step that exits, or an event loop that runs dry, is not a success. */
function endedEarly(): void {
  process.exitCode = exitCodes.error
}

/** Resolves when everything is written, or cannot be: a pipe takes 64 KiB at a time, and the end of the process drops the rest. */
const written = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()))

const streams = [process.stdout, process.stderr]

takeUncaught()
process.on('exit', endedEarly)
void outcomeOf(process.argv.slice(2)).then(async ({ exitCode, output, complaint }) => {
  if (output) print(output)
  if (complaint) printError(complaint)
  await Promise.all(streams.map(written))
  process.off('exit', endedEarly)
  process.exit(exitCode)
})
