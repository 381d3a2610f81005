/** Log lines as Apache DevLake writes them: logrus' text form, one line an entry, on standard output. */

type Level = 'info' | 'warning' | 'error'

export interface Log {
  info(message: string): void
  warning(message: string): void
  error(message: string): void
}

/**
 * A log that hands each finished line (without its line feed) to `write`. In the form `cri` each line begins as in the
 * log file of a container runtime: an RFC 3339 time with nanoseconds, the stream and the tag F (a full line).
 */
export function createLog(format: 'plain' | 'cri', write: (line: string) => void): Log {
  const entry = (level: Level, message: string): void => {
    const now = new Date().toISOString()
    const text = `time="${now.slice(0, 19).replace('T', ' ')}" level=${level} msg=${JSON.stringify(message)}`
    write(format === 'cri' ? `${now.slice(0, -1)}000000Z stdout F ${text}` : text)
  }
  return {
    info: (message) => entry('info', message),
    warning: (message) => entry('warning', message),
    error: (message) => entry('error', message),
  }
}
