/** The live table of `dora-acceptance watch`: a line for each section, and what it waits for. */
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import type { Checklist } from '../basis/checklist'
import type { ItemRecord, ItemState } from '../record/verdict'
import { worstFirst } from '../record/verdict'
import { terminalField, terminalText } from './terminal'

const marks: Record<ItemState, string> = {
  error: '!',
  failed: '✗',
  blocked: '◌',
  'not run': '-',
  waived: '✓',
  attested: '✓',
  passed: '✓',
  'not applicable': '-',
}

/** Draws the table over the earlier one on a terminal; elsewhere it prints the sections that changed. */
export class WatchTable {
  private drawn = 0
  private readonly known = new Map<string, string>()

  constructor(
    private readonly stream: WriteStream,
    private readonly sections: Checklist['sections'],
  ) {}

  /** @param waitMs until the next round; null when the watch is over */
  show(items: readonly ItemRecord[], waitMs: number | null): void {
    const lines = this.sections.flatMap(({ id, title }) => {
      const own = items.filter(({ section }) => section === id)
      return own.length === 0 ? [] : [{ id, text: lineOf(id, title, own) }]
    })
    const footer = waitMs === null ? [] : [`next round in ${Math.round(waitMs / 1000)} s; Ctrl-C ends the watch`]
    if (this.stream.isTTY) this.draw([...lines.map(({ text }) => text), ...footer])
    else this.append(lines.filter(({ id, text }) => this.known.get(id) !== text).map(({ text }) => text))
    for (const { id, text } of lines) this.known.set(id, text)
  }

  private draw(lines: readonly string[]): void {
    this.stream.moveCursor(0, -this.drawn)
    this.stream.cursorTo(0)
    this.stream.clearScreenDown()
    const width = Math.max(20, this.stream.columns - 1)
    for (const line of lines) this.stream.write(`${this.coloured(terminalText(line).slice(0, width))}\n`)
    this.drawn = lines.length
  }

  private append(lines: readonly string[]): void {
    for (const line of lines) this.stream.write(`${terminalText(line)}\n`)
  }

  private coloured(line: string): string {
    const style = line.startsWith('✓') ? 'green' : line.startsWith('✗') || line.startsWith('!') ? 'red' : 'yellow'
    return styleText(line.startsWith('-') || line.startsWith('next') ? 'gray' : style, line, { stream: this.stream })
  }
}

function lineOf(id: string, title: string, items: readonly ItemRecord[]): string {
  const applying = items.filter(({ status }) => status !== 'not applicable')
  const [worst] = [...applying].sort((one, other) => worstFirst(one.status, other.status))
  const held = applying.filter(({ status }) => marks[status] === '✓').length
  const state = worst?.status ?? 'not applicable'
  const waits = worst && worst.reason !== null && ['error', 'failed', 'blocked'].includes(state)
  const reason = waits ? `  ${worst.id} ${state}: ${terminalField(worst.reason ?? '', ' ').replace(/\s+/g, ' ')}` : ''
  return `${marks[state]} ${id.padStart(2)}  ${title.padEnd(28)} ${`${held}/${applying.length}`.padStart(6)}${reason}`
}
