-- What jobs wait for when no job is to blame, and where attempts ended without a word.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists outage_since timestamptz,
  add column if not exists outage_code text,
  add column if not exists outage_message text,
  add column if not exists outage_place bigint,
  add column if not exists outages int not null default 0,
  add column if not exists claimed_server timestamptz,
  add column if not exists lost_place bigint,
  add column if not exists lost_worker text,
  add column if not exists lost_together int not null default 0;

comment on column lading.jobs.outage_since is 'First fault of shared infrastructure since the job last got further.';
comment on column lading.jobs.outage_code is 'What the job waits for; null: for nothing.';
comment on column lading.jobs.outage_place is 'The furthest place at which it met such a fault.';
comment on column lading.jobs.outages is 'Such faults since outage_since.';
comment on column lading.jobs.claimed_server is 'When the database server had started that granted the last claim.';
comment on column lading.jobs.lost_place is 'Where the last attempt was that ended without a word.';
comment on column lading.jobs.lost_worker is 'The process that had it then.';
comment on column lading.jobs.lost_together is 'Attempts lost at that place together with other jobs of the same process.';

insert into lading.migrations (name) values ('lading/018_waiting')
on conflict do nothing;

commit;
