-- The life of a job: whom it waits for, what its caller notes of it, how often it was begun without getting on.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists metadata jsonb not null default '{}',
  add column if not exists after_job uuid,
  add column if not exists waiting boolean not null default false,
  add column if not exists due_at timestamptz,
  add column if not exists swept_at timestamptz,
  add column if not exists claimed_at timestamptz,
  add column if not exists claimed_row bigint not null default 0,
  add column if not exists claimed_bytes bigint not null default 0,
  add column if not exists forgiven bigint not null default 0;

comment on column lading.jobs.metadata is 'What the caller notes of it, given back with its status.';
comment on column lading.jobs.after_job is 'The import that must be completed before this one begins. No foreign key: it may be deleted first.';
comment on column lading.jobs.waiting is 'It waits for after_job and is not in the queue; nobody may claim it.';
comment on column lading.jobs.attempts is 'Claims since the checkpoint last advanced; token counts all of them.';
comment on column lading.jobs.due_at is 'When a job that was given back after a fault is to be tried again.';
comment on column lading.jobs.swept_at is 'When the sweep last enqueued it, so that a long backlog is swept in turns.';
comment on column lading.jobs.claimed_at is 'The last claim; the pace of a job is that of its last attempt.';
comment on column lading.jobs.claimed_row is 'checkpoint_row at the last claim.';
comment on column lading.jobs.claimed_bytes is 'bytes_read at the last claim.';
comment on column lading.jobs.forgiven is 'Rejected records before the last retry: max_errors counts those behind it.';

create index if not exists jobs_after_idx on lading.jobs (after_job) where waiting;

insert into lading.migrations (name) values ('lading/006_job_life')
on conflict do nothing;

commit;
