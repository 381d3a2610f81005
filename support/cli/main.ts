/** `dora-acceptance COMMAND`: runs a command and ends the process with its exit code. */
import { exitCodes } from '../record/verdict'
import { print, printError } from './command'
import { outcomeOf } from './commands'

/** Ends with the exit code of an error: a step that exits, or an event loop that runs dry, is not a success. */
function endedEarly(): void {
  process.exitCode = exitCodes.error
}

process.on('exit', endedEarly)
void outcomeOf(process.argv.slice(2)).then(({ exitCode, output, complaint }) => {
  if (output) print(output)
  if (complaint) printError(complaint)
  process.off('exit', endedEarly)
  process.exit(exitCode)
})
