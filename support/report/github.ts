/** A run in GitHub Actions: annotations at the scenarios that failed, and the summary of the job. The exit to GitHub. */
import { appendFileSync } from 'node:fs'
import { messageOf } from '../basis/message'
import { redaction } from '../basis/redaction'
import { visible, visibleInOneLine } from '../basis/visible-text'
import type { Cause, Verdict } from '../record/verdict'
import { commandsOf, effectOf, meaningOf, metricLines, plural } from './wording/wording'

/** GitHub shows at most 10 errors of a step. */
const mostAnnotations = 10

/** GitHub drops a summary of more than 1 MiB, in bytes; the reports have all causes. */
const mostBytes = 900_000
const mostProblems = 10
const longest = 2_000
/** The commands of a cause, which GitHub shows in one block. */
const longestCommands = 10_000

/**
 * Prints annotations and appends to the summary of the job, if GITHUB_ACTIONS is set.
 * @param print prints lines that GitHub reads
 * @returns a warning if the summary could not be written
 */
export function reportToGithub(
  verdict: Verdict,
  print: (text: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): string[] {
  if (!environment.GITHUB_ACTIONS) return []
  for (const line of annotationsOf(verdict)) print(`${line}\n`)
  const file = environment.GITHUB_STEP_SUMMARY
  if (!file) return []
  const summary = summaryOf(verdict)
  try {
    appendFileSync(file, summary)
    return []
  } catch (error) {
    return [`The summary of the job could not be written: ${messageOf(error)}. The verdict is not affected.`]
  }
}

/** The workflow commands that annotate: one for each problem of the run and each cause. */
export function annotationsOf(verdict: Verdict): string[] {
  const places = new Map(
    verdict.items.flatMap(({ scenarios }) =>
      scenarios.flatMap(({ cause, uri, line }) => (cause === null ? [] : [[cause, { uri, line }] as const])),
    ),
  )
  return [
    ...verdict.problems.map((problem) => annotation({ title: 'The run' }, cut(problem))),
    ...verdict.causes.map((cause) => {
      const place = places.get(cause.id)
      const title = `Checklist ${cause.items.join(', ')}`
      const text = `${cut(cause.summary)} Object: ${cut(cause.object)}. Found: ${cut(cause.found)}`
      return annotation(place ? { file: place.uri, line: String(place.line), title } : { title }, text)
    }),
  ].slice(0, mostAnnotations)
}

/** Source of the escapes: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function annotation(properties: Readonly<Record<string, string>>, message: string): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${ofProperty(value)}`)
  return `::error ${given.join(',')}::${ofData(message)}`
}

const shown = (text: string) => visible(redaction.redact(text))

/** The beginning of a text. Its secrets are masked before: half a secret would not be recognised. */
function cut(text: string, most = longest): string {
  const whole = redaction.redact(text)
  return whole.length > most ? `${whole.slice(0, most).toWellFormed()}… (${whole.length} characters in total)` : whole
}

const ofData = (text: string) => shown(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const ofProperty = (text: string) => ofData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** The summary of a run as GitHub's Markdown: the verdict, and each cause with its commands. */
export function summaryOf(verdict: Verdict): string {
  const { causes, platform, scope, counts } = verdict
  const described = fitting(causes.map(causeOf))
  const omitted = causes.length - described.length
  const states = Object.entries(counts).filter(([, count]) => count > 0)
  return [
    `## ${markdown(`Deployment checklist: ${verdict.verdict}`)}`,
    markdown(meaningOf(verdict)),
    markdown(
      `Contract ${scope.contract}, namespace ${platform.namespace}, context ${platform.context ?? 'unknown'}: ${states.map(([state, count]) => `${count} ${state}`).join(', ') || 'no items'}.`,
    ),
    ...metricLines(verdict).map((line) => `- ${markdown(cut(line))}`),
    ...verdict.problems.slice(0, mostProblems).map((problem) => `- ${markdown(cut(problem))}`),
    ...described,
    ...(omitted > 0 ? [markdown(`${plural(omitted, 'more cause')} in sign-off.html.`)] : []),
    '',
  ].join('\n\n')
}

/** The first texts that the summary has room for. */
function fitting(texts: readonly string[]): readonly string[] {
  let left = mostBytes
  return texts.filter((text) => {
    left -= Buffer.byteLength(text)
    return left >= 0
  })
}

function causeOf(cause: Cause): string {
  const { summary, object, found, items, owner } = cause
  const commands = visible(cut(commandsOf(cause).join('\n'), longestCommands))
  return [
    `### ${markdown(cut(summary))}`,
    markdown(cut(effectOf(cause))),
    [
      `- Object: ${markdown(cut(object))}`,
      `- Found: ${markdown(cut(found))}`,
      `- Items: ${markdown(items.join(', '))}`,
      ...(owner === undefined ? [] : [`- Who acts: ${markdown(cut(owner))}`]),
    ].join('\n'),
    ...(commands === '' ? [] : [fenced(commands)]),
  ].join('\n\n')
}

/** Text on one line without any markup: CommonMark lets a backslash escape all ASCII punctuation. */
export const markdown = (text: string): string =>
  visibleInOneLine(redaction.redact(text)).replace(/[!-/:-@[-`{-~]/g, '\\$&')

/** A block of code. Its fence is longer than any run of backticks in the text, so that none of them closes it. */
function fenced(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length)
  const fence = '`'.repeat(Math.max(2, ...runs) + 1)
  return `${fence}sh\n${text}\n${fence}`
}
