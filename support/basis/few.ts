const most = 5

/** The first names of a list, and the number of the others. */
export const few = (names: readonly string[]): string =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ')
