/**
 * Secrets that are too short, or too ordinary, to be searched everywhere: a password "status" would make a record
 * unreadable. They are searched as whole words, in text from outside the suite only.
 */
import type { Masks } from './masks'

/** Visible characters of a secret that is searched everywhere and in any form. */
const shortestSecret = 6
/** Shorter values, such as "1", would hide numbers and names of every answer. */
const shortestWord = 4

/** Words of texts and records that are sometimes chosen as passwords, in lower case. */
const ordinary: ReadonlySet<string> = new Set(
  `accept accepted account admin administrator adminadmin alertmanager ambiguous answer api apikey application argocd
  attestation basic bearer blocked branch browser build certificate change changed changeme checklist checkout cluster
  collection commit configuration connection container context cucumber dashboard database default demo deploy deployment
  development devlake devops endpoint environment error event example expected failed failure false fawkes feature finding
  found github gitlab grafana guest incident ingress interrupted invalid jenkins kubernetes label letmein localhost login
  loading manager manual master merico message metrics missing monitoring mysql namespace network nothing notapplicable
  object operator partial passed passwd password password1 password123 pending platform plugin policy postgres prometheus
  private problem production project public pushgateway reason record redacted rejected remedy replace report request
  required response result rollback running scenario secret secrets secure server service session settings skipped sonar
  source staging started status storage string success summary support surface system target tester testing timeout token
  undefined unknown update username value verdict version vault waived warning webhook welcome window worker workload
  writes`.split(/\s+/),
)

/** True for a value that is searched only as a whole word. @param visible number of its visible characters */
export function isWord(value: string, visible: number): boolean {
  return visible < shortestSecret || ordinary.has(value.toLowerCase())
}

/** Values that programs write everywhere. */
const never: ReadonlySet<string> = new Set(['true', 'false', 'null', 'none', 'undefined', 'redacted', '[redacted]'])

export class Words {
  private readonly values = new Set<string>()
  private readonly lengths = new Set<number>()
  /** Bit for the first two code units of a value, folded to 16 bits. */
  private readonly starts = new Uint8Array(2 ** 16)

  add(value: string): void {
    if (value.length < shortestWord || never.has(value.toLowerCase())) return
    this.values.add(value)
    this.lengths.add(value.length)
    this.starts[startAt(value, 0)] = 1
  }

  search(text: string, masks: Masks): void {
    if (this.values.size === 0) return
    const lengths = [...this.lengths].sort((a, b) => b - a)
    for (let at = 0; at + shortestWord <= text.length; at++) {
      if (this.starts[startAt(text, at)] === 0) continue
      const length = lengths.find(
        (length) => this.values.has(text.slice(at, at + length)) && isWhole(text, at, at + length),
      )
      if (length === undefined) continue
      masks.cover(at, at + length)
      at += length - 1
    }
  }
}

const startAt = (text: string, at: number) => ((text.charCodeAt(at) << 8) ^ text.charCodeAt(at + 1)) & 0xffff

/** True when no letter, digit or underscore continues the part beyond either end. */
function isWhole(text: string, begin: number, end: number): boolean {
  return !(isOfWord(text, begin - 1) && isOfWord(text, begin)) && !(isOfWord(text, end - 1) && isOfWord(text, end))
}

const isOfWord = (text: string, at: number) => at >= 0 && at < text.length && /[\p{L}\p{N}_]/u.test(text.charAt(at))
