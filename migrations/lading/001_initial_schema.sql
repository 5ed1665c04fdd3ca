-- Lading's own schema: jobs and their data, and the record of applied migrations.
--
-- Like every migration here, this file is one transaction, takes the lock of `lading migrate`, records its name and
-- may run again, so `psql -f` and `lading migrate` have the same effect. Until the first release it is edited in
-- place; `lading migrate` rejects a database that was created by another version of it.

begin;

select pg_advisory_xact_lock(5120184216);

create schema if not exists lading;
comment on schema lading is 'Bulk import and export: jobs and their data.';

create table if not exists lading.migrations (
  name text primary key,
  applied_at timestamptz not null default now(),
  sha256 text
);

comment on table lading.migrations is 'Applied migrations, by folder and file name.';
comment on column lading.migrations.sha256 is 'Of the applied file, in hexadecimal; null if psql applied it and `lading migrate` has not run since.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Jobs. The row is the single source of truth about a job: its state, its lease, its attempts, and when it is due.
--
-- Batches and heartbeats update a row often. These updates are heap-only (HOT) as long as no index uses a column
-- that they write: the counters, the checkpoint, bytes_read, fetched_bytes, lease_until. The fill factor leaves room
-- for them on the page.
-- ---------------------------------------------------------------------------------------------------------------------

create table if not exists lading.jobs (
  id uuid primary key,
  number bigint generated always as identity unique,
  kind text not null check (kind in ('import', 'export')),
  status text not null default 'pending'
    check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  tenant text not null default '',
  principal text,
  resource text not null,
  format text not null,
  submitted_format text,
  options jsonb not null default '{}',
  metadata jsonb not null default '{}',
  bundle uuid,
  after_job uuid,
  waiting boolean not null default false,

  source_key text,
  source_size bigint,
  source_sha256 text,
  source_storage text,
  fetched_bytes bigint,

  -- Who may claim it, in which turn, and when.
  lane text collate "C" not null generated always as (
    case
      when kind = 'export' then 'export'
      when source_key is null then 'fetch'
      when source_storage is null then 'import'
      else 'import ' || source_storage
    end) stored,
  fairness_key text collate "C" not null generated always as (
    case
      when kind = 'import' and source_key is null
        then left(coalesce(nullif(tenant, ''), nullif(principal, ''), resource), 500)
      else left(tenant, 250) || '/' || left(resource, 250)
    end) stored,
  due_at timestamptz not null default clock_timestamp(),

  -- The lease.
  token bigint not null default 0,
  worker text,
  lease_until timestamptz,

  -- Attempts, and how they ended.
  attempts int not null default 0,
  claimed_at timestamptz,
  claimed_row bigint not null default 0,
  claimed_bytes bigint not null default 0,
  claimed_server timestamptz,
  lost_place bigint,
  lost_worker text,
  lost_together int not null default 0,
  outage_since timestamptz,
  outage_code text,
  outage_message text,
  outage_place bigint,
  outages int not null default 0,

  -- The checkpoint. `json` stores the header unchanged: jsonb would reject the zero bytes of a hostile one.
  checkpoint_byte bigint not null default 0,
  checkpoint_row bigint not null default 0,
  checkpoint_line bigint not null default 0,
  checkpoint_expects text,
  first_attempt json,
  bytes_read bigint not null default 0,
  read_sha256 text,

  processed bigint not null default 0,
  successful bigint not null default 0,
  failed bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  ignored bigint not null default 0,
  unprocessed bigint,
  errors bigint not null default 0,
  stored_errors bigint not null default 0,
  errors_by_code jsonb not null default '{}',
  error_counts jsonb not null default '[]',
  warnings jsonb not null default '[]',
  not_judged jsonb not null default '[]',
  forgiven bigint not null default 0,
  counted_successful bigint not null default 0,
  counted_failed bigint not null default 0,

  file_key text,
  file_size bigint,
  file_sha256 text,
  file_rows bigint,
  file_storage text,
  expires_at timestamptz,

  error_code text,
  error_message text,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  completed_at timestamptz,
  processing_time interval not null default interval '0',

  check (processed = successful + failed),
  check (successful = inserted + updated + ignored)
) with (fillfactor = 80);

comment on table lading.jobs is 'Imports and exports, which outlive the process that accepted them. All times are the database''s.';
comment on column lading.jobs.number is 'Order of the jobs of one bundle. It counts the jobs of all tenants, so it is never shown.';
comment on column lading.jobs.submitted_format is 'The format as known at submission, which is returned to a repeated request.';
comment on column lading.jobs.options is 'Frozen at submission: options of an import, filters of an export.';
comment on column lading.jobs.metadata is 'JSON object of the caller, returned with the status.';
comment on column lading.jobs.bundle is 'The same for all imports that came in one bundle.';
comment on column lading.jobs.after_job is 'The import that must complete before this one starts. No foreign key: it may be deleted first.';
comment on column lading.jobs.waiting is 'It waits for after_job; no worker takes it.';
comment on column lading.jobs.source_storage is 'Identity of the storage that holds the source; null: any, or none yet.';
comment on column lading.jobs.fetched_bytes is 'Bytes received of a file at a URL, written once a second; null for an upload.';
comment on column lading.jobs.lane is 'The kind of work and the storage it needs; a worker takes only jobs of its lanes.';
comment on column lading.jobs.fairness_key is 'Jobs with the same key share a turn: those of one tenant and resource; of files to fetch, those of one caller.';
comment on column lading.jobs.due_at is 'A pending job is not started before this time: submission, or the end of the pause after a failed attempt.';
comment on column lading.jobs.token is 'Number of claims. Only the holder of the last token may write.';
comment on column lading.jobs.lease_until is 'While the job runs: it is lost once this time has passed, unless its worker renews it.';
comment on column lading.jobs.attempts is 'Claims since the checkpoint last advanced; token counts all of them.';
comment on column lading.jobs.claimed_at is 'The last claim; the pace of a job is that of its last attempt.';
comment on column lading.jobs.claimed_row is 'checkpoint_row at the last claim.';
comment on column lading.jobs.claimed_bytes is 'bytes_read at the last claim.';
comment on column lading.jobs.claimed_server is 'Start time of the database server that granted the last claim.';
comment on column lading.jobs.lost_place is 'Progress of the last attempt that ended with the loss of its worker.';
comment on column lading.jobs.lost_worker is 'The worker of that attempt.';
comment on column lading.jobs.lost_together is 'Attempts lost at that place together with other jobs of the same worker.';
comment on column lading.jobs.outage_since is 'First fault of shared infrastructure since the job last advanced.';
comment on column lading.jobs.outage_code is 'What the job waits for; null: nothing.';
comment on column lading.jobs.outage_place is 'The furthest place at which it met such a fault.';
comment on column lading.jobs.outages is 'Number of such faults since outage_since.';
comment on column lading.jobs.checkpoint_byte is 'Offset in the decoded file, before which every record has been processed.';
comment on column lading.jobs.checkpoint_expects is 'What must follow checkpoint_byte in a JSON array, where it is not an element.';
comment on column lading.jobs.first_attempt is 'Written with the first batch: fingerprint of the resource, whether the stored bytes are the text, header of a CSV file.';
comment on column lading.jobs.bytes_read is 'Of the stored source, which may be compressed; of an export, of the file that it writes.';
comment on column lading.jobs.read_sha256 is 'SHA-256 of the first bytes_read bytes of the stored source, as the last batch found them.';
comment on column lading.jobs.unprocessed is 'Records after the place where it stopped, or rolled back; null where it did not stop early, or the number is unknown.';
comment on column lading.jobs.errors is 'Number of record errors; stored_errors counts those whose message is stored.';
comment on column lading.jobs.error_counts is 'Record errors as [code, field or "", count], so that no page of a filtered list has to count.';
comment on column lading.jobs.not_judged is 'Checks that a dry run could not make.';
comment on column lading.jobs.forgiven is 'Rejected records before the last retry: max_errors counts those after it.';
comment on column lading.jobs.counted_successful is 'Successful records that the metrics had counted before the last retry.';
comment on column lading.jobs.counted_failed is 'Rejected records that the metrics had counted before the last retry.';
comment on column lading.jobs.file_storage is 'Identity of the storage that holds the file of an export; null: any, or none yet.';
comment on column lading.jobs.processing_time is 'Time of the finished attempts; the running one began at claimed_at.';

-- Ready jobs by fairness key, oldest first: read by claims and by the limit of waiting jobs.
create index if not exists jobs_ready_idx on lading.jobs (lane, fairness_key, due_at, id)
  where status = 'pending' and not waiting;
-- Running jobs: few, however many wait. By id, so that a statement for one running job never reads the entries of others.
create index if not exists jobs_processing_idx on lading.jobs (id) where status = 'processing';
create index if not exists jobs_lost_idx on lading.jobs (lost_worker) where lost_worker is not null;
-- Unfinished jobs of one caller, for the limit.
-- Not by status: a claim could then use it, and would read all of them where statistics are old.
create index if not exists jobs_caller_idx on lading.jobs (tenant, principal) where completed_at is null;
create index if not exists jobs_after_idx on lading.jobs (after_job) where waiting;
-- To find storages that have pending jobs but no workers.
create index if not exists jobs_pending_storage_idx on lading.jobs (source_storage)
  where status = 'pending' and source_storage is not null;
create index if not exists jobs_bundle_idx on lading.jobs (bundle) where bundle is not null;
-- Lists, newest first. A cursor by number would show a tenant how many jobs others submit.
create index if not exists jobs_listed_idx on lading.jobs (kind, created_at desc, id desc);
create index if not exists jobs_tenant_listed_idx on lading.jobs (kind, tenant, created_at desc, id desc);
-- For the janitor.
create index if not exists jobs_ended_idx on lading.jobs ((coalesce(completed_at, created_at)))
  where status in ('completed', 'failed', 'cancelled');
create index if not exists jobs_file_end_idx on lading.jobs (expires_at) where file_key is not null;
create index if not exists jobs_source_key_idx on lading.jobs (source_key) where source_key is not null;
create index if not exists jobs_file_key_idx on lading.jobs (file_key) where file_key is not null;

-- ---------------------------------------------------------------------------------------------------------------------
-- Data of a job.
-- ---------------------------------------------------------------------------------------------------------------------

create table if not exists lading.remote_sources (
  job_id uuid primary key references lading.jobs (id) on delete cascade,
  url text not null
);

comment on table lading.remote_sources is 'URLs, which may hold secrets: read by the worker that fetches the file, and deleted once the file is stored.';

create table if not exists lading.record_errors (
  job_id uuid not null references lading.jobs (id) on delete cascade,
  number bigint not null,
  of_code bigint,
  of_field bigint,
  of_both bigint,
  tenant text not null,
  row_number bigint not null,
  line bigint not null,
  record_identifier text not null,
  field_name text,
  code text not null,
  message text not null,
  value text,
  primary key (job_id, number)
);

comment on table lading.record_errors is 'Errors of records, up to a limit per job.';
comment on column lading.record_errors.tenant is 'The tenant of the job; errors of another tenant are never returned.';
comment on column lading.record_errors.number is 'Gapless from 1 within a job, in the order of the file, so that a page is a range of keys.';
comment on column lading.record_errors.of_code is 'The same among the errors of the job with this code.';
comment on column lading.record_errors.of_field is 'The same among the errors of this field.';
comment on column lading.record_errors.of_both is 'The same among the errors with this code of this field.';

create index if not exists record_errors_code_idx on lading.record_errors (job_id, code, of_code);
create index if not exists record_errors_field_idx
  on lading.record_errors (job_id, coalesce(field_name, ''), of_field);
create index if not exists record_errors_both_idx
  on lading.record_errors (job_id, code, coalesce(field_name, ''), of_both);

create table if not exists lading.rejected_records (
  job_id uuid not null references lading.jobs (id) on delete cascade,
  first_row bigint not null,
  entries jsonb not null,
  primary key (job_id, first_row)
);

comment on table lading.rejected_records is 'Position of every rejected record in the source; one row per batch that has any, without a limit.';
comment on column lading.rejected_records.first_row is 'Row number of the first rejected record.';
comment on column lading.rejected_records.entries is 'An array of [row number, line, byte offset, byte length, [codes]].';

create table if not exists lading.idempotency_keys (
  tenant text not null default '',
  key text not null check (length(key) between 1 and 255),
  principal text,
  kind text not null check (kind in ('import', 'export')),
  claim uuid not null,
  lease_until timestamptz not null,
  job_id uuid references lading.jobs (id) on delete cascade,
  -- json, not jsonb: options are stored as they came, and hostile ones may hold zero bytes.
  request json,
  expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant, key),
  check ((job_id is null) = (request is null) and (job_id is null) = (expires_at is null))
);

comment on table lading.idempotency_keys is 'Idempotency keys of requests; a request that failed leaves none.';
comment on column lading.idempotency_keys.claim is 'The request that claimed the key last. Without a job it holds the key until lease_until.';
comment on column lading.idempotency_keys.request is 'The request, with the size and the SHA-256 of the file.';
comment on column lading.idempotency_keys.expires_at is 'From then on the key may be used for another request.';

create index if not exists idempotency_keys_job_idx on lading.idempotency_keys (job_id) where job_id is not null;
create index if not exists idempotency_keys_end_idx on lading.idempotency_keys ((coalesce(expires_at, lease_until)));

-- ---------------------------------------------------------------------------------------------------------------------
-- Shared by workers and servers.
-- ---------------------------------------------------------------------------------------------------------------------

create table if not exists lading.storages (
  id text primary key,
  served_until timestamptz not null
);

comment on table lading.storages is 'Until when the import workers of a storage count as alive; they renew it.';

create table if not exists lading.chores (
  name text primary key,
  next_at timestamptz not null
);

comment on table lading.chores is 'When each maintenance task is due again, so that one of several servers does it.';

insert into lading.migrations (name) values ('lading/001_initial_schema')
on conflict do nothing;

commit;
