/**
 * Pictures of pages. A picture cannot be redacted, so everything that a page can show as text is collected to be searched for
 * secrets: the document, attributes, form values, generated content, shadow trees and frames. What cannot be read, such as an
 * image or a canvas, is made invisible before the picture is taken.
 */
import type { CDPSession, Page } from 'playwright-core'

/** A screenshot of a page, and its text, which is searched for secrets before the screenshot is shown. */
export interface Picture {
  readonly png: Buffer
  /** All texts of the page, including those that are not visible. */
  readonly text: string
  /** The parts that the screenshot leaves out because nobody can tell what they show, such as "2 × canvas". */
  readonly covered: readonly string[]
  /** The reason why the screenshot must not be shown; null if there is none. */
  readonly unjudged: string | null
}

/** Computed properties that can load an image, and those that text can be in. */
const imageProperties = [
  ...['background-image', 'border-image-source', 'list-style-image', 'mask-image', 'content'],
  ...['filter', 'backdrop-filter'],
]
const computedStyles = [...imageProperties, 'opacity']

/** A value that draws something other than a colour or text. */
const drawsImage = /\b(?:url|image-set|-webkit-image-set|cross-fade|-webkit-cross-fade|paint|element|image)\(/

/** Elements whose content is not in the document. */
const opaque = new Set(['CANVAS', 'IMG', 'IMAGE', 'VIDEO', 'OBJECT', 'EMBED', 'IFRAME', 'FRAME', 'FENCEDFRAME'])

/** More parts than this are not covered one by one. */
const mostCovered = 500

/** Takes a picture of a page. The page looks different afterwards. */
export async function pictureOf(page: Page): Promise<Picture> {
  const session = await page.context().newCDPSession(page)
  try {
    const before = await contentsOf(session)
    for (const part of before.opaqueParts.slice(0, mostCovered)) await cover(session, part)
    const png = await page.screenshot()
    // What the page changed meanwhile counts too.
    const after = await contentsOf(session)
    const left = after.opaqueParts.filter(({ isCovered }) => !isCovered)
    return {
      png,
      text: `${before.text}\n${after.text}`,
      covered: countedBy(before.opaqueParts),
      unjudged: left.length === 0 ? null : `what these parts show cannot be read: ${countedBy(left).join(', ')}`,
    }
  } finally {
    await session.detach()
  }
}

/** A part of a page whose content cannot be read. */
interface OpaquePart {
  readonly kind: string
  readonly backendNodeId: number
  /** The property that draws an image; undefined if the whole element must be invisible. */
  readonly property: string | undefined
  readonly isCovered: boolean
}

interface Contents {
  readonly text: string
  readonly opaqueParts: readonly OpaquePart[]
}

type Snapshot = Awaited<ReturnType<typeof snapshotOf>>
type DocumentSnapshot = Snapshot['documents'][number]

const snapshotOf = (session: CDPSession) => session.send('DOMSnapshot.captureSnapshot', { computedStyles })

async function contentsOf(session: CDPSession): Promise<Contents> {
  const { documents, strings } = await snapshotOf(session)
  return {
    text: [...strings, ...documents.flatMap((document) => joinedTexts(document, strings))].join('\n'),
    opaqueParts: documents.flatMap((document) => opaquePartsOf(document, strings)),
  }
}

/** The texts of a document in order, without gaps: a secret can be spread over several nodes or fields. */
function joinedTexts({ nodes, layout }: DocumentSnapshot, strings: readonly string[]): string[] {
  const at = (index: number) => strings[index] ?? ''
  const isText = (index: number) => nodes.nodeType?.[index] === 3
  const texts = (nodes.nodeValue ?? []).filter((_, index) => isText(index)).map(at)
  const drawn = new Map(layout.nodeIndex.map((node, index) => [node, at(layout.text[index] ?? -1)]))
  const fields = [...(nodes.inputValue?.value ?? []), ...(nodes.textValue?.value ?? [])].map(at)
  return [texts, inDrawnOrder(nodes, strings).map((node) => drawn.get(node) ?? ''), fields].map((parts) =>
    parts.join(''),
  )
}

/** Returns the nodes in the order in which their text is read. A snapshot lists ::after before the children of its element. */
function inDrawnOrder(nodes: DocumentSnapshot['nodes'], strings: readonly string[]): number[] {
  const parents = nodes.parentIndex ?? []
  const after = new Set(
    nodes.pseudoType?.index.filter((_, at) => strings[nodes.pseudoType?.value[at] ?? -1] === 'after'),
  )
  const children = new Map<number, number[]>()
  parents.forEach((parent, node) => {
    const known = children.get(parent)
    if (known) known.push(node)
    else children.set(parent, [node])
  })
  const ordered: number[] = []
  const open = [...(children.get(-1) ?? [])].reverse()
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    ordered.push(node)
    const inside = children.get(node) ?? []
    const sorted = [...inside.filter((child) => !after.has(child)), ...inside.filter((child) => after.has(child))]
    open.push(...sorted.reverse())
  }
  return ordered
}

function opaquePartsOf({ nodes, layout }: DocumentSnapshot, strings: readonly string[]): OpaquePart[] {
  const at = (index: number | undefined) => (index === undefined ? '' : (strings[index] ?? ''))
  const pseudo = new Set(nodes.pseudoType?.index ?? [])
  const readable = new Set(nodes.contentDocumentIndex?.index ?? [])
  const stylesOf = new Map(layout.nodeIndex.map((node, index) => [node, (layout.styles[index] ?? []).map(at)]))
  const opacityOf = (node: number) => stylesOf.get(node)?.[computedStyles.indexOf('opacity')]
  const isInvisible = (node: number): boolean => {
    for (let up = node; up >= 0; up = nodes.parentIndex?.[up] ?? -1) if (opacityOf(up) === '0') return true
    return false
  }
  const attributesOf = (node: number) => {
    const pairs = nodes.attributes?.[node] ?? []
    return new Map(pairs.flatMap((name, index) => (index % 2 === 0 ? [[at(name), at(pairs[index + 1])]] : [])))
  }
  // Only what has a place in the layout is drawn.
  return [...stylesOf].flatMap(([node, styles]): OpaquePart[] => {
    const name = at(nodes.nodeName?.[node]).toUpperCase()
    const isPseudo = pseudo.has(node)
    const parent = nodes.parentIndex?.[node] ?? node
    const backendNodeId = nodes.backendNodeId?.[isPseudo ? parent : node] ?? 0
    const isCovered = isInvisible(node)
    if (!readable.has(node) && (opaque.has(name) || isOpaqueByAttribute(name, attributesOf(node))))
      return [{ kind: name.toLowerCase(), backendNodeId, property: undefined, isCovered }]
    const properties = imageProperties.filter((_, index) => drawsImage.test(styles[index] ?? ''))
    return properties.map((property) => ({
      kind: property,
      backendNodeId,
      property: isPseudo ? undefined : property,
      isCovered,
    }))
  })
}

/** An image as a button, or a drawing from another document. */
function isOpaqueByAttribute(name: string, attributes: ReadonlyMap<string, string>): boolean {
  if (name === 'INPUT') return attributes.get('type')?.toLowerCase() === 'image'
  const source = attributes.get('href') ?? attributes.get('xlink:href') ?? ''
  return name === 'USE' && source !== '' && !source.startsWith('#')
}

/** Hides a part by its own style, which wins against every style sheet of the page. */
async function cover(session: CDPSession, { backendNodeId, property }: OpaquePart): Promise<void> {
  const { object } = await session.send('DOM.resolveNode', { backendNodeId })
  await session.send('Runtime.callFunctionOn', {
    objectId: object.objectId ?? '',
    functionDeclaration: `function (property) {
      const set = (name, value) => this.style && this.style.setProperty(name, value, 'important')
      set('transition', 'none')
      property === null ? set('opacity', '0') : set(property, 'none')
    }`,
    arguments: [{ value: property ?? null }],
  })
}

function countedBy(parts: readonly OpaquePart[]): string[] {
  const counts = new Map<string, number>()
  for (const { kind } of parts) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${count} × ${kind}`)
}
