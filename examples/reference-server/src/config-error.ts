// ConfigError: an error in an environment variable.

/** The server prints its message as one line and exits. */
export class ConfigError extends Error {}
