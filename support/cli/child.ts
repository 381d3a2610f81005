/** Programs that a command runs to their end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { endings } from '../basis/signals'
import { exitCodes } from '../record/verdict'

/** Starts a program of the suite with the options of this process. */
export const started = (
  program: string,
  words: readonly string[],
  options: Parameters<typeof spawn>[2],
): ChildProcess => spawn(process.execPath, [...process.execArgv, program, ...words], options)

/** The exit code of a child. A program that a signal ended has none; it counts as an error. */
export function exitCodeOf(child: ChildProcess): Promise<number> {
  // The caller may know only this process.
  for (const signal of endings) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? exitCodes.error))
  })
}
