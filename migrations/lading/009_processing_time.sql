-- How long a job was worked on, over all its attempts and without the pauses between them.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists processing_time interval not null default interval '0';

comment on column lading.jobs.processing_time is 'The time of the attempts that are over; the one that runs began at claimed_at.';

-- Of jobs that have ended before, nobody knows more than when they began and ended.
update lading.jobs set processing_time = greatest(interval '0', completed_at - started_at)
where processing_time = interval '0' and started_at is not null and completed_at is not null;

insert into lading.migrations (name) values ('lading/009_processing_time')
on conflict do nothing;

commit;
