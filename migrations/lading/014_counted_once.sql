-- Records that the metrics have counted already: a job that is retried must not have them counted again at its next end.
--
-- Like every migration here, this file is a transaction of its own, takes the lock that `lading migrate` takes,
-- records its name and may run again: `psql -f` and `lading migrate` do the same.

begin;

select pg_advisory_xact_lock(5120184216);

alter table lading.jobs
  add column if not exists told_successful bigint not null default 0,
  add column if not exists told_failed bigint not null default 0;

comment on column lading.jobs.told_successful is 'Successful records that the metrics had counted before the last retry.';
comment on column lading.jobs.told_failed is 'Rejected records that the metrics had counted before the last retry.';

insert into lading.migrations (name) values ('lading/014_counted_once')
on conflict do nothing;

commit;
