-- What the janitor looks for, and whose turn it is.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

create table if not exists lading.chores (
  name text primary key,
  next_at timestamptz not null
);

comment on table lading.chores is 'When each chore is due again, so that one of several servers does it.';

create index if not exists jobs_ended_idx on lading.jobs ((coalesce(completed_at, created_at)))
  where status in ('completed', 'failed', 'cancelled');
create index if not exists jobs_file_end_idx on lading.jobs (expires_at) where file_key is not null;
create index if not exists jobs_source_key_idx on lading.jobs (source_key) where source_key is not null;
create index if not exists jobs_file_key_idx on lading.jobs (file_key) where file_key is not null;

insert into lading.migrations (name) values ('lading/008_janitor')
on conflict do nothing;

commit;
