/** A picture is searched for secrets wherever a page can hold text, and leaves out the parts whose content cannot be read. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../../../support/platform/browser'
import type { Picture } from '../../../support/platform/picture'

const secret = 'hunter22-Tr0ub4dor'
const half = secret.length / 2
const [start, end] = [secret.slice(0, half), secret.slice(half)]

let shown = ''
const server = createServer((_request, response) => response.end(pageOf(shown)))
let browser: Browser
let window: BrowserContext
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const at = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  browser = new Browser(
    { to: async () => ({ base: 'http://pages.test', at }) },
    { deadlineMs: 5000, witness: () => {} },
  )
  window = await browser.window({ viewport: { width: 300, height: 200 } })
})
afterAll(async () => {
  await browser.close()
  server.close()
})

async function pictured(body: string): Promise<Picture> {
  shown = body
  const { picture } = await browser.visit(window, {
    url: 'http://pages.test/',
    deadlineMs: 20_000,
    shown: () => delay(100),
    late: () => ({ summary: 'late', object: 'page', expected: 'a page', found: 'none', remedy: [] }),
    pictured: true,
  })
  return picture ?? expect.unreachable('there is no picture')
}

const pageOf = (body: string) =>
  `<!doctype html><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"><style>body{margin:0}</style><body>${body}</body>`

const base64 = (text: string) => Buffer.from(text).toString('base64')
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><text y="30">${secret}</text></svg>`

describe('a secret is found in a picture', () => {
  it.each<[string, string]>([
    ['text', `<p>${secret}</p>`],
    ['text that is split over elements', `<p>${start}<b>${end}</b></p>`],
    ['an attribute', `<p data-token="${secret}">text</p>`],
    ['a title', `<p title="${secret}">text</p>`],
    ['an alternative text', `<img alt="${secret}">`],
    ['a placeholder', `<input placeholder="${secret}">`],
    ['the value of a field', `<input value="${secret}">`],
    ['a value that a script set', `<input id="field"><script>field.value = '${secret}'</script>`],
    ['a password', `<input type="password" id="field"><script>field.value = '${secret}'</script>`],
    ['two fields', `<input id="one"><input id="two"><script>one.value='${start}'; two.value='${end}'</script>`],
    ['a text area', `<textarea id="field"></textarea><script>field.value = '${secret}'</script>`],
    ['an option', `<select><option>a</option><option value="${secret}">b</option></select>`],
    ['an option’s label', `<select><option label="${secret}">b</option></select>`],
    ['content before', `<style>p::before { content: '${secret}' }</style><p>text</p>`],
    ['content after text', `<style>p::after { content: '${end}' }</style><p>${start}</p>`],
    [
      'content of an attribute',
      `<style>p::after { content: attr(data-a) attr(data-b) }</style><p data-a="${start}" data-b="${end}"></p>`,
    ],
    [
      'content of a variable',
      `<style>p::after { content: var(--a) var(--b) }</style><p style="--a: '${start}'; --b: '${end}'"></p>`,
    ],
    ['a list marker', `<style>li { list-style-type: '${secret}' }</style><ul><li>text</ul>`],
    ['text of a drawing', drawing],
    [
      'an open shadow tree',
      `<p id="host"></p><script>host.attachShadow({ mode: 'open' }).innerHTML = '<i>${start}</i>${end}'</script>`,
    ],
    [
      'a closed shadow tree',
      `<p id="host"></p><script>host.attachShadow({ mode: 'closed' }).innerHTML = '<i>${start}</i>${end}'</script>`,
    ],
    ['a frame', `<iframe srcdoc="<p>${start}<b>${end}</b>"></iframe>`],
    ['a drawing in an object', `<object data="data:image/svg+xml;base64,${base64(drawing)}"></object>`],
    ['transformed text', `<p style="text-transform: lowercase">HUNTER22-TR0UB4DOR</p>${secret}`],
  ])('in %s', async (_, body) => {
    const { text } = await pictured(body)
    expect(text).toContain(secret)
  })

  it('although it stands there only while the picture is taken', async () => {
    const { text } = await pictured(
      `<p id="one">text</p><script>new MutationObserver(() => { one.textContent = '${secret}' })
        .observe(document, { attributes: true, subtree: true })</script><img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">`,
    )
    expect(text).toContain(secret)
  })
})

describe('a picture leaves out', () => {
  const uri = `data:image/svg+xml;base64,${base64(drawing)}`
  const empty = (style: string) => `<div style="width:200px;height:50px;${style}"></div>`
  const canvas = (mode: string) => `<canvas id="c" width="200" height="50"></canvas><script>
    const context = c.getContext('${mode}'); ${mode === '2d' ? `context.fillText('${secret}', 0, 30)` : 'context.clearColor(1,0,0,1); context.clear(context.COLOR_BUFFER_BIT)'}</script>`

  it.each<[string, string, string]>([
    ['canvas', canvas('2d'), empty('')],
    ['canvas', canvas('webgl'), empty('')],
    ['canvas', canvas('2d').replace('<canvas', '<canvas style="opacity: 1 !important"'), empty('')],
    ['img', `<img style="display:block" width="200" height="50" src="${uri}">`, empty('')],
    ['img', `<picture><source srcset="${uri}"><img style="display:block;height:50px" alt=""></picture>`, empty('')],
    ['background-image', empty(`background-image: url(${uri})`), empty('')],
    ['background-image', empty(`background-image: url(${uri}) !important; transition: all 9s`), empty('')],
    [
      'border-image-source',
      empty(`border: 9px solid transparent; border-image-source: url(${uri})`),
      empty('border: 9px solid transparent'),
    ],
    ['mask-image', empty(`background: white; mask-image: url(${uri})`), empty('background: white')],
    ['content', `<style>p::before { content: url(${uri}) }</style><p style="margin:0">hidden</p>`, empty('')],
    ['image', `<svg style="display:block" width="200" height="50"><image href="${uri}"/></svg>`, empty('')],
    ['input', `<input type="image" style="display:block;height:50px" src="${uri}">`, empty('')],
    ['video', `<video style="display:block;height:50px" poster="${uri}"></video>`, empty('')],
  ])('%s: %#', async (kind, body, without) => {
    const picture = await pictured(body)
    expect(picture.covered.join()).toContain(kind)
    expect(picture.unjudged).toBeNull()
    expect(picture.png.equals((await pictured(without)).png)).toBe(true)
  })

  it('a frame of another site, and says so', async () => {
    const { covered, unjudged } = await pictured('<iframe src="http://elsewhere.test/"></iframe>')
    expect(covered).toEqual(['1 × iframe'])
    expect(unjudged).toBeNull()
  })

  it('nothing of a page of text', async () => {
    expect(await pictured('<p style="color: red; background: linear-gradient(red, blue)">text</p>')).toMatchObject({
      covered: [],
      unjudged: null,
    })
  })
})

describe('a picture must not be shown', () => {
  it('if a page makes a part visible again', async () => {
    const { unjudged } = await pictured(`<canvas id="c"></canvas><script>
      new MutationObserver(() => { if (c.getAttribute('style')) c.removeAttribute('style') }).observe(c, { attributes: true })</script>`)
    expect(unjudged).toBe('what these parts show cannot be read: 1 × canvas')
  })

  it('if a page has more such parts than are covered', async () => {
    const { unjudged } = await pictured('<canvas width="1" height="1"></canvas>'.repeat(501))
    expect(unjudged).toContain('1 × canvas')
  })
})
