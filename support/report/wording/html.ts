/**
 * Markup whose values are always escaped, invisible characters included. Names and values from a cluster are data: they
 * are displayed, never interpreted. Only {@link trusted} passes text through unescaped, and it is only for the suite's own files.
 */
import { visible } from '../../basis/visible-text'

export class Html {
  constructor(readonly markup: string) {}
}

export type Content = Html | string | number | null | readonly Content[]

/** A template for element content and double-quoted attribute values. Null renders nothing; a list renders its elements in order. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.reduce((markup, part, index) => markup + render(values[index - 1] ?? null) + part))
}

/** Markup that the suite itself wrote (a style sheet, an icon), unescaped. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

function render(content: Content): string {
  if (content === null) return ''
  if (content instanceof Html) return content.markup
  if (typeof content === 'string') return escaped(content)
  if (typeof content === 'number') return String(content)
  return content.map(render).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
