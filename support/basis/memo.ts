/**
 * Answers that are computed once per run. The name of a memo says what happens to a failure. Entries belong to an object,
 * usually the platform under judgement, and are discarded with it.
 */

export interface Memo<Subject extends object, Answer> {
  (subject: Subject): Promise<Answer>
  /** Computes the answer anew and keeps it in place of the earlier one. */
  readonly again: (subject: Subject) => Promise<Answer>
  /** Makes the next call compute the answer anew. */
  readonly forget: (subject: Subject) => void
}

/** Keeps the first outcome, an answer or a failure: every later caller gets the same. */
export function rememberOutcome<Subject extends object, Answer>(
  compute: (subject: Subject) => Promise<Answer>,
): Memo<Subject, Answer> {
  return memo(compute, false)
}

/** Keeps the first answer. A failure reaches the callers that wait for it; the next caller tries again. */
export function rememberSuccess<Subject extends object, Answer>(
  compute: (subject: Subject) => Promise<Answer>,
): Memo<Subject, Answer> {
  return memo(compute, true)
}

function memo<Subject extends object, Answer>(
  compute: (subject: Subject) => Promise<Answer>,
  retriesFailures: boolean,
): Memo<Subject, Answer> {
  const known = new WeakMap<Subject, Promise<Answer>>()
  const again = (subject: Subject) => {
    const answer = compute(subject)
    known.set(subject, answer)
    if (retriesFailures)
      answer.catch(() => {
        if (known.get(subject) === answer) known.delete(subject)
      })
    return answer
  }
  return Object.assign((subject: Subject) => known.get(subject) ?? again(subject), {
    again,
    forget: (subject: Subject) => {
      known.delete(subject)
    },
  })
}
