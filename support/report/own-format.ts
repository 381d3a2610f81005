/**
 * The output for formatters of Cucumber, which print texts of findings as they are. A CI system that reads commands from its log
 * finds none there; a terminal of a person gets what they print, with its colours and its moving lines.
 */
import { Writable } from 'node:stream'
import { withoutCommands } from './terminal'

/** Returns the output on a stream, which stays open. @param stream undefined if nobody wants to see what formatters print */
export function formatterOutput(stream: NodeJS.WriteStream | undefined): Writable {
  if (stream?.isTTY) return stream
  let begun = ''
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const text = `${begun}${chunk}`
      const end = text.lastIndexOf('\n') + 1
      begun = text.slice(end)
      stream?.write(withoutCommands(text.slice(0, end)))
      done()
    },
    final(done) {
      stream?.write(withoutCommands(begun))
      done()
    },
  })
}
