/** The message says what is wrong, where, and what would be right: it is shown as it is. */
export class ConfigurationError extends Error {}
