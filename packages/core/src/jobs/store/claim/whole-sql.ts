// Imports that are committed as a whole or not at all.

/** No row is in the table before all are, so a checkpoint is not progress. */
export const commitsAsWholeSql = `(options @> '{"atomic": true}' or options @> '{"dryRun": true}')`
