// Imports whose rows get in all together or not at all.

/** Nothing of it is in the table before all of it is, so that a checkpoint is no progress. */
export const isWhole = `(options @> '{"atomic": true}' or options @> '{"dryRun": true}')`
