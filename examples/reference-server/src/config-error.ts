// ConfigError: what is wrong with a variable.

/** Its message is the one line that the server ends with. */
export class ConfigError extends Error {}
