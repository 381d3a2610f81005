/** The log in Apache DevLake's format: logrus text, one line per entry. */

type LogLevel = 'info' | 'warning' | 'error'

export interface Log {
  info(message: string): void
  warning(message: string): void
  error(message: string): void
}

/**
 * Passes each line, without its line feed, to `write`. With the format `cri`, a line begins as in a container runtime's
 * log file: an RFC 3339 time with nanoseconds, the stream, and the tag F for a full line.
 */
export function createLog(format: 'plain' | 'cri', write: (line: string) => void): Log {
  const entry = (level: LogLevel, message: string): void => {
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
