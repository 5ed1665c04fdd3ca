/** The public API: start a real PostgreSQL, share it between processes, and stop it. */

export { EmbeddedPostgresError } from './embedded-error.ts'
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.ts'
export { startEmbeddedPostgres } from './embedded-postgres.ts'
