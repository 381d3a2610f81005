/**
 * Preloaded into every program of this repository (bootstrap.mjs): an error that nobody catches, such as a module that is missing
 * or a file with a syntax error, ends the program with one line and with exit code 3. Exit code 1 means a rejected platform. A
 * reader that goes away ends nothing.
 */
const { inspect } = require('node:util')

for (const stream of [process.stdout, process.stderr])
  stream.on('error', function ignoreClosed(error) {
    // A reader that went away, such as head or a terminal, ends the output, and not the program.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  })

/** Control characters and characters without a glyph, which could steer the terminal. Newlines and tabs stay. */
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const escaped = (character) => `\\u{${character.codePointAt(0).toString(16)}}`

process.on('uncaughtException', function endOnUncaught(error) {
  // Somebody else decides: Cucumber takes the errors of steps, and the commands of the suite redact theirs.
  if (process.listenerCount('uncaughtException') > 1) return
  const text = error instanceof Error ? error.message || error.name : inspect(error)
  process.stderr.write(`The program broke: ${text.split('\n', 1)[0].replace(invisible, escaped)}\n`)
  process.exit(3)
})
