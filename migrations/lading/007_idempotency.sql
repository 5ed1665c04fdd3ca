-- Idempotency keys: which request has a key now, and which job came of the one that used it.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create table if not exists lading.idempotency_keys (
  tenant text not null default '',
  key text not null check (length(key) between 1 and 255),
  principal text,
  kind text not null check (kind in ('import', 'export')),
  claim uuid not null,
  lease_until timestamptz not null,
  job_id uuid references lading.jobs (id) on delete cascade,
  -- json and not jsonb: options are kept as they came, and hostile ones may hold zero bytes.
  request json,
  expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant, key),
  check ((job_id is null) = (request is null) and (job_id is null) = (expires_at is null))
);

create index if not exists idempotency_keys_job_idx on lading.idempotency_keys (job_id) where job_id is not null;
create index if not exists idempotency_keys_end_idx on lading.idempotency_keys ((coalesce(expires_at, lease_until)));

comment on table lading.idempotency_keys is 'Keys that requests were sent with; a request that failed leaves none.';
comment on column lading.idempotency_keys.claim is 'The request that claimed the key last. Without a job it holds the key until lease_until.';
comment on column lading.idempotency_keys.request is 'What was asked for, with the size and the SHA-256 of the file.';
comment on column lading.idempotency_keys.expires_at is 'From then on the key is a new one.';

insert into lading.migrations (name) values ('lading/007_idempotency')
on conflict do nothing;

commit;
