// Help texts: the description of each command, and the text below its options.
const exitCodes = `
Exit codes:
  0    success; also an import in which --on-conflict ignore skipped every record, or of a file without records
  1    failed: a file cannot be read or is damaged (verify), the database refused, --max-errors was reached, --atomic rolled back, …
  2    the import (or its dry run) completed, and some or all records were rejected
  64   usage error: unknown option, resource or format, no database given
  130  interrupted`

export const programHelp = `
The database comes from DATABASE_URL, --database-url or --embedded.

Examples:
  $ export DATABASE_URL=postgresql://user:password@localhost:5432/shop
  $ lading migrate
  $ lading import users.csv --resource users --errors errors.csv
  $ lading export --resource users --format ndjson --filter role=admin > admins.ndjson
  $ lading export --all --output backup.tar.gz
  $ lading import backup.tar.gz
${exitCodes}`

export const migrateDescription = [
  'Applies Lading\'s own migrations, and then those in the project\'s "migrations" folders.',
  'Each is applied once, even if the command runs repeatedly or in several processes.',
].join(' ')

export const migrateHelp = `
Examples:
  $ lading migrate
  $ lading migrate --config shop/lading.config.ts --embedded
${exitCodes}`

export const importDescription = [
  'Imports a file into the table of a resource.',
  'A record that breaks a rule is rejected and reported; all others are imported.',
  'A bundle (.tar.gz) from export --all fills the tables of all its resources.',
  'Ctrl-C stops the import between two batches; imported records stay.',
].join(' ')

export const importHelp = `
Examples:
  $ lading import users.csv --resource users
  $ lading import users.csv --resource users --errors errors.csv
  $ lading import users.csv.gz --resource users --on-conflict update --dry-run
  $ lading import users.csv --resource users --rejects fix.csv    # correct it, then: lading import fix.csv …
  $ lading import list.csv --resource users --mapping E-Mail=email --delimiter semicolon --encoding windows-1252
  $ lading import https://example.org/users.csv --resource users
  $ cat users.ndjson | lading import - --format ndjson --resource users --json
  $ lading import backup.tar.gz --on-conflict update
  $ lading import users.csv --resource users --tenant 7   # rows of tenant 7, if users has a scope
${exitCodes}`

export const exportDescription = [
  'Exports the rows of a resource from one snapshot, in a fixed order; or several resources from one snapshot as a bundle.',
  'The file can be imported again.',
  'The --output file appears only when it is complete, and not at all if the export fails.',
].join(' ')

export const exportHelp = `
Examples:
  $ lading export --resource users --format csv | head
  $ lading export --resource users --output admins.csv.gz --filter role=admin active=true
  $ lading export --all --output backup.tar.gz
  $ lading export users articles --format csv --output some.tar.gz
  $ lading export --all --tenant 7 --output seven.tar.gz
  $ lading export --resource users --format csv --fields email,name --sort -created_at --limit 100
  $ lading export --resource users --format ndjson --filter created_at.gte=2024-01-01T00:00:00Z role=admin role=author
${exitCodes}`

export const workDescription = [
  'Runs the jobs of a database until it is stopped; any number of processes may run at the same time.',
  'A server with WORKERS_ENABLED=false leaves all jobs to these processes.',
  'The servers configure how long jobs, sources and export files are kept; this command deletes no jobs and no sources.',
  'Ctrl-C or SIGTERM finishes the current batches and releases the jobs; a second one stops at once.',
].join(' ')

export const workHelp = `
Prints a tab-separated line to standard output for each job that has ended:
id, kind, resource, status, records, rejected records, seconds, and why it failed.

Examples:
  $ lading work --storage .lading/files
  $ lading work --storage /srv/files --imports 8 --exports 0 --config shop/lading.config.ts
${exitCodes}`

export const verifyDescription = [
  'Reads every stored file of a job again, and compares its size and SHA-256 with what was stored.',
  'Changes nothing.',
].join(' ')

export const verifyHelp = `
Prints a tab-separated line to standard output for each file: the id of its job, the resource, the result
(whole, corrupt, missing, elsewhere), and a sentence.

Examples:
  $ lading verify 0198c0de-0000-7000-8000-000000000000 --storage .lading/files
${exitCodes}`

export const jobsDescription = [
  'Lists the jobs that were submitted to a server on this database, and cancels or retries one.',
  'Prints a line for each job: id, kind, resource, status, records, rejected records, seconds, and why it failed or waits.',
].join(' ')
