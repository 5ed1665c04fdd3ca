-- Jobs, their record errors, and where their rejected records stand in the source.

begin;

select pg_advisory_xact_lock(5120184216);

create table if not exists lading.jobs (
  id uuid primary key,
  -- Newest first, and a cursor that new jobs do not shift.
  number bigint generated always as identity unique,
  kind text not null check (kind in ('import', 'export')),
  status text not null default 'pending'
    check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  tenant text not null default '',
  principal text,
  resource text not null,
  format text not null,
  -- What was asked, frozen: filters of an export, parse options of an import.
  options jsonb not null default '{}',

  source_key text,
  source_size bigint,
  source_sha256 text,

  -- The lease. Whoever holds the token of the last claim may write; all times are the database's.
  token bigint not null default 0,
  attempts int not null default 0,
  worker text,
  lease_until timestamptz,

  -- The checkpoint: everything before it is in the table or explained.
  checkpoint_byte bigint not null default 0,
  checkpoint_row bigint not null default 0,
  checkpoint_line bigint not null default 0,

  processed bigint not null default 0,
  successful bigint not null default 0,
  failed bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  ignored bigint not null default 0,
  -- Broken rules: all of them, and those whose message is stored.
  errors bigint not null default 0,
  stored_errors bigint not null default 0,
  errors_by_code jsonb not null default '{}',
  warnings jsonb not null default '[]',

  file_key text,
  file_size bigint,
  file_sha256 text,
  file_rows bigint,
  expires_at timestamptz,

  error_code text,
  error_message text,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  completed_at timestamptz,

  check (processed = successful + failed),
  check (successful = inserted + updated + ignored)
);

create index if not exists jobs_list_idx on lading.jobs (kind, number desc);
create index if not exists jobs_open_idx on lading.jobs (status) where status in ('pending', 'processing');

create table if not exists lading.record_errors (
  job_id uuid not null references lading.jobs (id) on delete cascade,
  -- Gapless from 1 within a job, in the order of the file, so that a page is a range of keys.
  number bigint not null,
  tenant text not null default '',
  row_number bigint not null,
  line bigint not null,
  record_identifier text not null,
  field_name text,
  code text not null,
  message text not null,
  value text,
  primary key (job_id, number)
);

-- For every rejected record, never capped: one row for each batch that had some.
create table if not exists lading.rejected_records (
  job_id uuid not null references lading.jobs (id) on delete cascade,
  -- Row number of the first rejected record.
  first_row bigint not null,
  -- An array of [row number, line, byte offset, byte length, [codes]].
  entries jsonb not null,
  primary key (job_id, first_row)
);

insert into lading.migrations (name) values ('lading/002_jobs')
on conflict do nothing;

commit;
