// A separate PostgreSQL for a test, which it may stop and start.
export { startEmbeddedPostgres as startOwnServer } from '@lading/embedded-postgres'
