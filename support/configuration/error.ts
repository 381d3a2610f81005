/** A mistake in the configuration. The message says what is wrong, where, and what is expected, and is shown unchanged. */
export class ConfigurationError extends Error {}
