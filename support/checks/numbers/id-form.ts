/** The finding about ids that cannot be compared while the configuration does not say in which form they are stored. */
import { configuration } from '../../basis/command'
import type { Circumstances } from '../../basis/expectation'

/** @param shownBy the surface that shows the ids, at the beginning of a sentence */
export const unknownIdForm = (
  shownBy: string,
  { shown, stored }: { readonly shown: string; readonly stored: string },
): Circumstances => ({
  summary: `${shownBy} shows ids that are not stored, and the configuration does not say how ids are stored.`,
  object: 'configuration key events.idPrefix',
  expected: `a stored id, such as ${stored}`,
  found: `other ids, such as ${shown}`,
  remedy: [
    configuration`events:\n  idPrefix: none  # none: as they were posted; project: with the project and a colon in front`,
  ],
})
