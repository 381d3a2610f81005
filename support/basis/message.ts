/** The message of a thrown value, an Error or not. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
