/** The configuration that the Prometheus of the sandbox loads. */

import { deadlines } from '../basis/deadlines'
import { writeWhole } from '../basis/files'
import { files } from '../basis/layout'
import type { Ports } from '../basis/ports'

/**
 * Returns a function that writes a configuration, if it is a new one, and makes Prometheus load it. It throws an Error when
 * Prometheus rejects the configuration, which is written again the next time.
 */
export function prometheusConfigurer({ prometheus }: Pick<Ports, 'prometheus'>): (text: string) => Promise<void> {
  let loaded: string | undefined
  return async (text) => {
    if (text === loaded) return
    writeWhole(files.prometheusConfiguration, text)
    const { ok, status } = await fetch(`http://127.0.0.1:${prometheus}/-/reload`, {
      method: 'POST',
      signal: AbortSignal.timeout(deadlines.prometheusReload),
    })
    if (!ok) throw new Error(`Prometheus rejected its configuration with status ${status}`)
    loaded = text
  }
}
